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

// MARK: Steps

extension LongRunningOperation {
    mutating func ask(_ monitor: Monitor, after wait: Duration) {
        self.monitor = monitor
        step = .ask(monitor.address ?? resource, after: wait)
    }

    mutating func lookAgain(after answer: AzureResponse) { ask(monitor, after: wait(after: answer)) }

    mutating func finish(_ document: JSON?) { step = .finished(document) }

    mutating func fail(_ error: AzureError) { step = .failed(error) }

    mutating func noteProgress() { setbacks = 0 }

    mutating func setBack(_ error: AzureError, askedWait: Duration?) {
        setbacks += 1
        if setbacks > Self.setbackLimit { return fail(error) }
        ask(monitor, after: max(askedWait ?? .zero, pace.wait(afterSetbacks: setbacks)))
    }

    mutating func wait(after answer: AzureResponse) -> Duration {
        defer { looks += 1 }
        return max(answer.askedWait ?? pace.wait(before: looks), pace.shortest)
    }

    /// Any answer may name newer addresses, and the newest count.
    mutating func adoptNewerAddresses(in answer: AzureResponse) {
        let named = takeAddresses(of: answer)
        switch monitor {
        case .status: monitor = named.status ?? monitor
        case .location: monitor = named.status ?? named.location ?? monitor
        case .resource, .result, .absence: break
        }
    }

    /// Reads the addresses that headers name, and keeps that of the result.
    ///
    /// Relative ones happen, and such without a version. One on another server is not followed: it would get the token.
    mutating func takeAddresses(of answer: AzureResponse) -> (status: Monitor?, location: Monitor?) {
        func address(_ name: String) -> WebAddress? {
            let address = answer.headers.first(name: name).flatMap { resource.resolving($0) }
            return address.flatMap { resource.covers($0) ? $0.versioned(like: resource) : nil }
        }
        let status = address("Azure-AsyncOperation") ?? address("Operation-Location")
        let newer = address("Location")
        location = newer ?? location
        return (status.map(Monitor.status), newer.map(Monitor.location))
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
