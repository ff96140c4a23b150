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
    /// - Returns: What this process has to do.
    /// - Throws: When the log cannot be reached and nobody could make the answer.
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

    /// Takes note that nobody can be told to make an answer that was asked for.
    func abandon(_ generation: Generation) async

    /// Leaves an answer that this process has begun to another.
    ///
    /// - Returns: Whether another can take it.
    func release(_ generation: Generation) async -> Bool

    /// Answers whose makers are gone; this process writes them now.
    var orphans: AsyncStream<Generation> { get }

    /// Shows those who hear nothing that all is quiet, and forgets what was kept long enough.
    func beat()
}

/// A place is not in the text of its answer, or in the middle of a character.
struct UnknownPlace: Error {}

extension ResponseLog {
    /// Follows an answer from a place in its text.
    ///
    /// - Returns: `nil` where there is no such answer.
    /// - Throws: ``UnknownPlace``, and what the log throws.
    func follow(_ id: GenerationID, from place: Int) async throws -> GenerationFollower? {
        while let generation = try await generation(id) {
            if let follower = generation.follow(from: place) { return follower }
            guard !generation.canBeFollowed else { throw UnknownPlace() }
            // It is being closed because nobody followed, and in a moment it will have ended or be read anew.
            try await Task.sleep(for: .milliseconds(5))
        }
        return nil
    }
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
