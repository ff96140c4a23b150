/// Why a Redis server did not do what it was asked; no case holds an argument or a password.
public enum RedisError: Error, Sendable, Hashable {
    /// The server refused with this word: `WRONGTYPE`. The sentence after it is dropped, for it may quote arguments.
    case refused(code: String)
    /// No connection could be made.
    case unreachable(reason: String)
    /// The connection ended before the answer came; the command may have been carried out.
    case connectionLost
    /// No answer came in time; the command may have been carried out.
    case timedOut
    /// More commands wait for their answers than there is room for.
    case overloaded
    /// An answer is longer than is read.
    case answerTooLarge
    /// What came is not the protocol.
    case malformedAnswer
    /// The client does not run any more.
    case closed
}
