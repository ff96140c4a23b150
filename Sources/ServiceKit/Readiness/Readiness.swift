public import ServiceLifecycle

/// The moment from which on a part of a service can be used by others.
public struct Readiness: Sendable {
    private let stream: AsyncStream<Never>
    private let continuation: AsyncStream<Never>.Continuation

    public init() {
        (stream, continuation) = AsyncStream.makeStream()
    }

    /// Says that the moment has come; to say it again changes nothing.
    public func report() {
        continuation.finish()
    }

    /// Waits for the moment, or for the task to be cancelled.
    func wait() async {
        for await _ in stream {}
    }
}

/// A part of a service that needs a while after its start until others can use it.
public protocol ReportingReadiness: Service {
    var readiness: Readiness { get }
}
