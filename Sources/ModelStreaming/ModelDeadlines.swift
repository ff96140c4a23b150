import NIOCore

/// How long a model server may keep silent.
///
/// Nobody waits for a whole answer: one that goes on may take as long as it likes. A connection must be made within 10
/// seconds, see `HTTPClient.Configuration.modelStreaming`.
public struct ModelDeadlines: Sendable, Hashable {
    /// How long after a question was put the first text must come, all attempts and the waits between them included.
    ///
    /// Two minutes, because models that think first say nothing meanwhile. A server that hangs is therefore not asked a
    /// second time: it may be at work, and both answers would have to be paid for.
    public var firstText: Duration = .seconds(120)
    /// How long the server may pause between two pieces of an answer, be they only signs of life.
    public var pause: Duration = .seconds(60)
    /// How long a refusal may take to arrive, once its status is there.
    public var refusal: Duration = .seconds(5)

    public init() {}
}

extension NIODeadline {
    static func after(_ duration: Duration) -> NIODeadline { .now() + TimeAmount(duration) }
}
