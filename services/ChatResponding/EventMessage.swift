public import Events
import JSONText
public import Messaging

extension Event {
    /// The event as a message: its type is the subject, its id the message's.
    ///
    /// - Throws: `RejectedMessage` when the event has no id, which only an accepted event has.
    public func message() throws(RejectedMessage) -> OutgoingMessage {
        guard let id else { throw RejectedMessage(reason: "MissingID", description: "The event has no id.") }
        return OutgoingMessage(id: id, subject: type, correlationID: correlationID, body: json.bytes)
    }

    /// Reads the event that a message carries.
    ///
    /// - Throws: `RejectedMessage` with all that is wrong, for such a message would fail every time.
    public init(message: ReceivedMessage) throws(RejectedMessage) {
        do {
            try self.init(try JSON(parsing: message.body))
        } catch let error as EventError {
            throw RejectedMessage(reason: "InvalidEvent", description: error.summary)
        } catch {
            throw RejectedMessage(reason: "InvalidJSON", description: "\(error)")
        }
        self.id = message.id
    }
}

extension EventError {
    /// All problems in one line.
    public var summary: String {
        problems.map { "\($0.field) \($0.text)" }.joined(separator: "; ")
    }
}
