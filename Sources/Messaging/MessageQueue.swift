/// Something that messages can be put into: a queue or a topic.
public protocol MessageSender: Sendable {
    /// Sends messages, all or none.
    ///
    /// When it returns, the broker has them on disk. When it throws ``MessagingError/unavailable(reason:)``, the broker
    /// may have some of them nonetheless: repeat the call with the same ids, and a queue that deduplicates drops what
    /// it has.
    ///
    /// - Throws: ``MessagingError``.
    func send(_ messages: [OutgoingMessage]) async throws
}

/// Something that messages can be taken from: a queue or a subscription.
///
/// A received message is locked, not gone: it comes back unless it is completed before its lock runs out.
public protocol MessageReceiver: Sendable {
    /// Takes the oldest message that is free, and waits for one at most this long.
    ///
    /// - Returns: `nil` when none came in time.
    /// - Throws: ``MessagingError``.
    func receive(waitingAtMost wait: Duration) async throws -> ReceivedMessage?

    /// Removes the message for good.
    func complete(_ lock: MessageLock) async throws

    /// Gives the message back, to be delivered again at once.
    func abandon(_ lock: MessageLock) async throws

    /// Starts the lock's time anew.
    func renew(_ lock: MessageLock) async throws
}

/// A queue, from both ends.
public typealias MessageQueue = MessageSender & MessageReceiver

/// Why a broker did not do what it was asked.
public enum MessagingError: Error, Sendable, Hashable {
    /// The broker could not be reached, or is not able to answer at the moment; try again later.
    case unavailable(reason: String)
    /// The lock ran out or the message is gone; somebody else may have it now.
    case lockLost
    /// The message is larger than the broker takes, or the queue is full.
    case tooLarge
    /// The message breaks a rule of the broker, such as an id of more than 128 characters; no repetition will help.
    case invalidMessage(reason: String)
    /// The queue or topic does not exist.
    case unknownEntity(String)
    /// The key or identity may not do this.
    case unauthorized
    /// The broker answered with something that the protocol does not know.
    case unexpectedAnswer(status: Int, operation: String)
}
