public import JSONText
import NIOHTTP1

/// What Azure is doing after it has answered, as a pure state machine: it is fed answers, and says what to ask next.
///
/// A service tells its progress in one of four ways, which the first answer decides: by a status document
/// (`Azure-AsyncOperation`), by an address that answers 202 until it is done (`Location`), by the resource's own
/// `provisioningState`, or by the resource's absence.
///
/// ```swift
/// var operation = LongRunningOperation(request: .put, at: address, answered: answer)
/// while case .ask(let address, let wait) = operation.step { operation.receive(await ask(address, after: wait)) }
/// ```
///
/// Sources: learn.microsoft.com/azure/azure-resource-manager/management/async-operations; azure-core
/// `polling/base_polling.py` and azure-mgmt-core `polling/arm_polling.py`. Where services deviate, what
/// github.com/hashicorp/go-azure-sdk (`poller_lro.go`) and github.com/pulumi/pulumi-azure-native tolerate is tolerated.
public struct LongRunningOperation: Sendable, Hashable {
    /// What to do next.
    public enum Step: Sendable, Hashable {
        /// GET this address after this wait, and hand in the answer.
        case ask(WebAddress, after: Duration)
        /// It is done; with the resource or the result, where there is one.
        case finished(JSON?)
        case failed(AzureError)
    }

    /// What is looked at next.
    enum Monitor: Sendable, Hashable {
        case status(WebAddress)
        case location(WebAddress)
        /// The resource itself, until it says that it is done.
        case resource
        /// The resource itself, after something else has said that it is done.
        case result
        /// The resource itself, until it is gone.
        case absence
    }

    /// How many answers in a row may be missing or senseless, before the operation is taken for lost.
    ///
    /// A resource that was just made may not be found everywhere yet, and gateways fail; all of it passes in a while.
    static let setbackLimit = 10

    public let method: AzureRequest.Method
    /// The address of the first request.
    public let resource: WebAddress
    public let finalState: FinalState
    public private(set) var step: Step
    private(set) var monitor: Monitor
    /// The newest `Location`, where the result of a POST is.
    private(set) var location: WebAddress?
    private let pace: PollingPace
    private var looks = 0
    private var setbacks = 0

    /// Begins with the first answer.
    ///
    /// - Parameters:
    ///   - method: What was asked.
    ///   - resource: Where it was asked.
    ///   - finalState: Where its contract says that the result will be.
    ///   - pace: How often to look, where Azure does not say.
    ///   - answer: What Azure answered.
    public init(
        request method: AzureRequest.Method,
        at resource: WebAddress,
        finalState: FinalState = .standard,
        pace: PollingPace = PollingPace(),
        answered answer: AzureResponse
    ) {
        self.init(resuming: .resource, of: method, at: resource, location: nil, finalState: finalState, pace: pace)
        begin(answer)
    }

    /// Goes on from what another process has seen.
    init(
        resuming monitor: Monitor,
        of method: AzureRequest.Method,
        at resource: WebAddress,
        location: WebAddress?,
        finalState: FinalState,
        pace: PollingPace
    ) {
        self.method = method
        self.resource = resource
        self.finalState = finalState
        self.location = location
        self.pace = pace
        self.monitor = monitor
        self.step = .ask(monitor.address ?? resource, after: .zero)
    }
}

// MARK: The first answer

extension LongRunningOperation {
    private mutating func begin(_ answer: AzureResponse) {
        guard [200, 201, 202, 204].contains(answer.status) else { return fail(AzureError(refusal: answer)) }
        let headers = progressHeaders(of: answer)
        location = headers.location
        if let header = headers.status ?? headers.location.map(Monitor.location) {
            return ask(header, after: wait(after: answer))
        }
        do {
            switch method {
            case .put, .patch: try beginWithResource(answer)
            case .delete: answer.status == 202 ? ask(.absence, after: wait(after: answer)) : finish(nil)
            case .post: try beginWithAction(answer)
            case .get, .head: finish(try answer.json())
            }
        } catch {
            fail(error)
        }
    }

    /// A state that is no end means that it goes on; none means that it is done.
    private mutating func beginWithResource(_ answer: AzureResponse) throws(AzureError) {
        let document: JSON?
        do {
            document = try answer.json()
        } catch {
            // It was accepted, whatever stands in the answer: the resource knows more.
            return setBack(error, askedWait: answer.askedWait)
        }
        let isSilentlyDone = document != nil && answer.status != 202 || [200, 204].contains(answer.status)
        let state = OperationState(ofResource: document) ?? (isSilentlyDone ? .succeeded : .running)
        follow(state, in: document, of: answer, seenAt: .resource)
    }

    private mutating func beginWithAction(_ answer: AzureResponse) throws(AzureError) {
        // Nothing could tell when it is done. Source: github.com/Azure/azure-sdk-for-go, `azcore/runtime/poller.go`
        if answer.status == 202 { throw AzureError(.unreadable("it names no address to ask"), in: answer) }
        finish(try answer.json())
    }
}

// MARK: Later answers

extension LongRunningOperation {
    /// Takes the answer of the address that was to be asked.
    public mutating func receive(_ answer: AzureResponse) {
        guard case .ask = step else { return }
        guard answer.isSuccess else { return receive(refusal: answer) }
        adoptNewerAddresses(in: answer)
        do {
            let document = try answer.json()
            setbacks = 0
            receive(document, of: answer)
        } catch {
            setBack(error, askedWait: answer.askedWait)
        }
    }

    /// Takes note that there was no answer.
    public mutating func receive(noAnswer error: AzureError) {
        guard case .ask = step else { return }
        setBack(error, askedWait: nil)
    }

    private mutating func receive(_ document: JSON?, of answer: AzureResponse) {
        let silent: OperationState = answer.status == 202 ? .running : .succeeded
        switch monitor {
        case .status:
            guard let state = OperationState(ofStatus: document) else {
                // It says nothing, so the resource is to say whether it is done.
                return silent == .running ? lookAgain(after: answer) : finishProgress(document, resultAt: .resource)
            }
            if state == .succeeded { return finishProgress(document, resultAt: .result) }
            follow(state, in: document, of: answer, seenAt: monitor)
        case .location:
            silent == .running ? lookAgain(after: answer) : finishProgress(document, resultAt: .result)
        case .resource: follow(OperationState(ofResource: document) ?? silent, in: document, of: answer, seenAt: .resource)
        case .result:
            // What still runs belongs to somebody else's operation.
            let state = OperationState(ofResource: document) ?? .succeeded
            follow(state == .running ? .succeeded : state, in: document, of: answer, seenAt: .result)
        case .absence: answer.status == 204 ? finish(nil) : lookAgain(after: answer)
        }
    }

    private mutating func receive(refusal answer: AzureResponse) {
        let error = AzureError(refusal: answer)
        switch answer.status {
        case 404, 410:
            // The address of progress may be gone with the resource, or be known later than the resource is.
            guard method == .delete else { return setBack(error, askedWait: answer.askedWait) }
            if monitor == .absence { finish(nil) } else { ask(.absence, after: .zero) }
        case 408, 429, 500...599: setBack(error, askedWait: answer.askedWait)
        default: fail(error)
        }
    }

    /// Progress is at its end; the result may be elsewhere.
    private mutating func finishProgress(_ document: JSON?, resultAt resource: Monitor) {
        var resultAddress: WebAddress?
        if case .status = monitor { resultAddress = location }
        switch (method, finalState, resultAddress) {
        case (.put, .location, let address?), (.patch, .location, let address?): ask(.location(address), after: .zero)
        case (.put, _, _), (.patch, _, _): ask(resource, after: .zero)
        case (.post, .standard, let address?), (.post, .location, let address?): ask(.location(address), after: .zero)
        case (.post, .originalURI, _), (.post, .asyncOperation, _), (.post, _, nil): finish(document)
        case (.delete, _, _): finish(nil)
        case (.get, _, _), (.head, _, _): finish(document)
        }
    }

    private mutating func follow(
        _ state: OperationState,
        in document: JSON?,
        of answer: AzureResponse,
        seenAt monitor: Monitor
    ) {
        switch state {
        case .running: ask(monitor, after: wait(after: answer))
        case .succeeded: finish(document)
        case .ended(let word):
            let said = ServiceErrorReader.read(document) ?? ServiceErrorReader.read(document?["properties"])
            fail(AzureError(.ended(state: word, said), in: answer))
        }
    }
}

// MARK: Steps

extension LongRunningOperation {
    private mutating func ask(_ monitor: Monitor, after wait: Duration) {
        self.monitor = monitor
        step = .ask(monitor.address ?? resource, after: wait)
    }

    private mutating func lookAgain(after answer: AzureResponse) { ask(monitor, after: wait(after: answer)) }

    private mutating func finish(_ document: JSON?) { step = .finished(document) }

    private mutating func fail(_ error: AzureError) { step = .failed(error) }

    private mutating func setBack(_ error: AzureError, askedWait: Duration?) {
        setbacks += 1
        if setbacks > Self.setbackLimit { return fail(error) }
        ask(monitor, after: max(askedWait ?? .zero, pace.wait(before: setbacks)))
    }

    private mutating func wait(after answer: AzureResponse) -> Duration {
        defer { looks += 1 }
        return max(answer.askedWait ?? pace.wait(before: looks), pace.shortest)
    }

    /// Any answer may name newer addresses, and the newest count.
    private mutating func adoptNewerAddresses(in answer: AzureResponse) {
        let headers = progressHeaders(of: answer)
        location = headers.location ?? location
        switch monitor {
        case .status: monitor = headers.status ?? monitor
        case .location: monitor = headers.status ?? headers.location.map(Monitor.location) ?? monitor
        case .resource, .result, .absence: break
        }
    }

    /// The addresses that headers name.
    ///
    /// Relative ones happen, and such without a version. One on another server is not followed: it would get the token.
    private func progressHeaders(of answer: AzureResponse) -> (status: Monitor?, location: WebAddress?) {
        func address(_ name: String) -> WebAddress? {
            let address = answer.headers.first(name: name).flatMap { resource.resolving($0) }
            return address.flatMap { resource.covers($0) ? $0.versioned(like: resource) : nil }
        }
        let status = address("Azure-AsyncOperation") ?? address("Operation-Location")
        return (status.map(Monitor.status), address("Location"))
    }
}

extension LongRunningOperation.Monitor {
    /// Where it looks; `nil` for the resource.
    var address: WebAddress? {
        switch self {
        case .status(let address), .location(let address): address
        case .resource, .result, .absence: nil
        }
    }
}
