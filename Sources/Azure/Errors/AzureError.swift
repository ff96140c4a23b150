import NIOHTTP1

/// Why a request to Azure did not do what it was for.
public struct AzureError: Error, Sendable, Hashable {
    public enum Reason: Sendable, Hashable {
        /// Azure answered, and refused.
        case refused(ServiceError)
        /// Azure began an operation, which then ended in this state.
        case ended(state: String, ServiceError?)
        /// An operation, or something else that was waited for, took longer than this, and goes on.
        case unfinished(after: Duration)
        case unreachable(String, tries: Int)
        /// The answer is not what the contract says.
        case unreadable(String)
        /// An answer leads to another server, which must not get the token.
        case untrusted(String)
    }

    public let reason: Reason
    /// Method and path.
    public let request: String
    public let status: Int?
    /// The id by which Azure finds the request in its logs.
    public let requestID: String?
    public let correlationID: String?
    /// How long Azure wants to be left alone, when that is longer than there is time.
    public let askedWait: Duration?

    init(_ reason: Reason, request: String) {
        self.reason = reason
        self.request = request
        self.status = nil
        self.requestID = nil
        self.correlationID = nil
        self.askedWait = nil
    }

    /// An error that an answer is the occasion of.
    init(_ reason: Reason, in answer: AzureResponse) {
        self.reason = reason.redacted(by: answer.redaction)
        self.request = answer.request
        self.status = answer.status
        self.requestID = answer.requestID.map(answer.redaction.apply(to:))
        self.correlationID = answer.correlationID.map(answer.redaction.apply(to:))
        self.askedWait = answer.askedWait
    }

    /// What an answer says that is no success.
    ///
    /// Pages of proxies and gateways are not repeated: they are long, and nobody knows what they hold.
    init(refusal answer: AzureResponse) {
        let said = ServiceErrorReader.read(try? answer.json())
        let phrase = HTTPResponseStatus(statusCode: answer.status).reasonPhrase
        self.init(.refused(said ?? ServiceError(code: "", message: "HTTP \(answer.status) \(phrase)")), in: answer)
    }
}

extension AzureError {
    /// What the service said, where it said something.
    public var serviceError: ServiceError? {
        switch reason {
        case .refused(let error): error
        case .ended(_, let error): error
        case .unfinished, .unreachable, .unreadable, .untrusted: nil
        }
    }

    /// Whether a service gave this code, in whatever depth.
    public func has(code: String) -> Bool { serviceError?.has(code: code) ?? false }

    /// Whether there is nothing at the address.
    public var isMissing: Bool {
        if case .refused = reason { status == 404 } else { false }
    }
}

extension AzureError: CustomStringConvertible {
    public var description: String {
        var facts = [status.map { "\(request) answered \($0)" } ?? request]
        if let askedWait { facts.append("Azure asked to wait \(askedWait.words)") }
        if let requestID { facts.append("request id \(requestID)") }
        if let correlationID { facts.append("correlation id \(correlationID)") }
        return "\(reason) [\(facts.joined(separator: "; "))]"
    }
}

extension AzureError.Reason: CustomStringConvertible {
    public var description: String {
        switch self {
        case .refused(let error): "\(error)"
        case .ended(let state, let error): error.map { "\($0)" } ?? "the operation ended as \(state)"
        case .unfinished(let time):
            "not done after \(time.words); it goes on in Azure, and can be taken up again"
        case .unreachable(let reason, let tries): "\(reason), after \(tries) \(tries == 1 ? "try" : "tries")"
        case .unreadable(let reason): "the answer cannot be read: \(reason)"
        case .untrusted(let origin): "the answer leads to \(origin), which must not get the token"
        }
    }

    func redacted(by redaction: Redaction) -> Self {
        switch self {
        case .refused(let error): .refused(error.redacted(by: redaction))
        case .ended(let state, let error):
            .ended(state: redaction.apply(to: state), error?.redacted(by: redaction))
        case .unreadable(let reason): .unreadable(redaction.apply(to: reason))
        case .unfinished, .unreachable, .untrusted: self
        }
    }
}
