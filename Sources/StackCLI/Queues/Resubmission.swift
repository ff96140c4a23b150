import Crypto
import Messaging
import WebFormats

/// Brings dead letters back to the queue that they were meant for.
///
/// The copy is sent first and the dead letter completed second, so that a crash between the two loses nothing. A queue
/// that drops repeats has seen the id of the message and would drop the copy without a word, so the copy gets a new one.
/// That is derived from the old one: whoever repeats the command after a crash makes the same copy, and the queue keeps
/// one. A queue that drops no repeats gets the message as it was, and after a crash twice.
///
/// So exactly once means: each dead letter comes back once. What its first deliveries have done already is not undone
/// or known: consumers who derive ids from that of the message, as the answers to events are, derive others from the
/// copy's. Those who must not do a thing twice look at the property ``originalID``.
struct Resubmission: Sendable {
    /// The property with the id that the message had at first.
    static let originalID = "OriginalMessageId"

    let queue: StackQueue
    let selection: Selection

    /// Which dead letters to bring back.
    struct Selection: Sendable, Hashable {
        /// `nil` for all.
        var ids: Set<String>?
        var reason: String?

        /// Whether it may leave some out.
        var isPartial: Bool { ids != nil || reason != nil }

        func takes(_ message: ReceivedMessage) -> Bool {
            let isNamed = ids.map { ids in
                ids.contains(message.id) || message.property(Resubmission.originalID).map(ids.contains) ?? false
            }
            return isNamed ?? true
                && reason.map { $0 == message.property(RejectedMessage.reasonProperty) } ?? true
        }
    }

    /// Whether a dead letter is one to bring back; what the broker says to be another queue's is not.
    func takes(_ message: ReceivedMessage) -> Bool {
        let own = [queue.place.path] + queue.deadLetterQueues.map(\.path)
        let source = message.deadLetterSource?.lowercased()
        return source.map { source in own.contains { $0.lowercased() == source } } ?? true && selection.takes(message)
    }

    /// The message that goes back.
    func copy(of message: ReceivedMessage) -> OutgoingMessage {
        var properties = message.properties
        for name in [RejectedMessage.reasonProperty, RejectedMessage.descriptionProperty, Self.originalID] {
            for key in properties.keys where key.lowercased() == name.lowercased() { properties[key] = nil }
        }
        properties[Self.originalID] = message.property(Self.originalID) ?? message.id
        return OutgoingMessage(
            id: queue.dropsRepeats ? Self.nextID(after: message.id) : message.id,
            subject: message.subject,
            correlationID: message.correlationID,
            contentType: message.contentType ?? "application/octet-stream",
            body: message.body,
            properties: properties
        )
    }

    static func nextID(after id: String) -> String {
        SHA256.hash(data: Array("\(id)/resubmission".utf8)).prefix(16).hexadecimal
    }
}

/// What has been brought back so far.
struct ResubmissionRun: Sendable {
    let resubmission: Resubmission
    private(set) var sent: Set<String> = []
    /// How many are in the queue again and among the dead letters still.
    private(set) var left = 0

    init(_ resubmission: Resubmission) {
        self.resubmission = resubmission
    }

    /// Brings a dead letter back, unless it is none to bring back, or comes from this run: what fails again at once
    /// must not go round for ever.
    ///
    /// - Returns: Whether it is settled.
    mutating func take(
        _ message: ReceivedMessage,
        from place: some MessageReceiver,
        to destination: some MessageSender
    ) async throws -> Bool {
        guard resubmission.takes(message), !sent.contains(message.id) else { return false }
        let copy = resubmission.copy(of: message)
        try await destination.send([copy])
        sent.insert(copy.id)
        do {
            try await place.complete(message.lock)
        } catch MessagingError.lockLost {
            left += 1
        }
        return true
    }
}
