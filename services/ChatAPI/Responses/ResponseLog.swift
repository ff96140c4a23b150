/// Keeps answers while they are made, and for a while after, so that they can be followed from any place in them.
///
/// This is what makes one generation of equal questions, replays answers, and lets a client come back: to this process
/// or, where the log is shared, to another.
protocol ResponseLog: Sendable {
    /// Begins to write an answer, unless somebody has begun it or even ended it well.
    ///
    /// - Parameters:
    ///   - request: What should be answered.
    ///   - isWriter: Whether this process would make the answer; otherwise it only asks for it.
    func begin(_ request: GenerationRequest, asWriter isWriter: Bool) async throws -> ResponseClaim

    /// An answer that is made now or was a while ago, anywhere.
    ///
    /// - Returns: `nil` where there is none.
    func generation(_ id: GenerationID) async throws -> Generation?

    /// The answer that is being made in a conversation.
    func running(in conversation: ConversationKey) async throws -> GenerationID?

    /// Asks whoever makes an answer to stop.
    func cancel(_ id: GenerationID) async throws

    /// Whether somebody follows an answer in another process.
    func isFollowedElsewhere(_ generation: Generation) async -> Bool

    /// Takes note that this process is through with an answer that it wrote.
    func finish(_ generation: Generation)

    /// Leaves an answer that this process has begun to another.
    ///
    /// - Returns: Whether another can take it.
    func release(_ generation: Generation) async -> Bool

    /// Answers whose makers are gone; this process writes them now.
    var orphans: AsyncStream<Generation> { get }

    /// Shows those who hear nothing that all is quiet, and forgets what was kept long enough.
    func beat()
}

/// What is to be done with a request.
enum ResponseClaim: Sendable {
    /// This process makes the answer.
    case write(Generation)
    /// Somebody has to be told to make it.
    case commission(Generation)
    /// It is made already.
    case follow(Generation)
}
