/// What a service says went wrong, as it says it.
public struct ServiceError: Sendable, Hashable {
    /// A word for programs: `SkuNotAvailable`.
    public let code: String
    /// A sentence for people.
    public let message: String
    /// What of the request it is about.
    public let target: String?
    /// The causes.
    public let details: [ServiceError]

    public init(code: String, message: String, target: String? = nil, details: [ServiceError] = []) {
        self.code = code
        self.message = message
        self.target = target
        self.details = details
    }

    /// The causes that have no cause themselves, the first said first; the error itself where it names none.
    public var causes: [ServiceError] {
        details.isEmpty ? [self] : details.flatMap(\.causes)
    }

    /// The first cause of all.
    public var innermost: ServiceError { details.first?.innermost ?? self }

    /// Whether it, or a cause of it, has this code; services do not agree on upper and lower case.
    public func has(code wanted: String) -> Bool {
        code.lowercased() == wanted.lowercased() || details.contains { $0.has(code: wanted) }
    }

    func redacted(by redaction: Redaction) -> ServiceError {
        ServiceError(
            code: redaction.apply(to: code),
            message: redaction.apply(to: message),
            target: target.map(redaction.apply(to:)),
            details: details.map { $0.redacted(by: redaction) }
        )
    }
}

extension ServiceError: CustomStringConvertible {
    /// A sentence or more, beginning with what happened first.
    public var description: String {
        let causes = self.causes
        let shown = causes.prefix(5).map(\.sentence).joined(separator: "; ")
        let rest = causes.count > 5 ? "; and \(causes.count - 5) more" : ""
        let wrapper = details.isEmpty || code.isEmpty ? "" : " (within \(code))"
        return shown + rest + wrapper
    }

    private var sentence: String {
        let words = [code, message].filter { !$0.isEmpty }
        return words.isEmpty ? "an error without a word" : words.joined(separator: ": ")
    }
}
