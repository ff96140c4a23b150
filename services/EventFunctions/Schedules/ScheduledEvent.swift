import Events
import JSONText

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The event that a schedule sends, each time under another id.
struct ScheduledEvent: Sendable, Hashable {
    private var event: Event
    /// Whether its author gave it a timestamp; it carries the due time otherwise.
    private let isStamped: Bool

    init(_ event: Event, isStamped: Bool) {
        self.event = event
        self.isStamped = isStamped
        self.event.id = nil
        // Any time will do, as long as equal events are equal.
        if !isStamped { self.event.timestamp = Timestamp(.distantPast) }
    }

    /// Reads what ``json`` wrote.
    init(_ json: JSON) throws(EventError) {
        self.init(try Event(json), isStamped: json["timestamp"] != nil)
    }

    /// As its author wrote it, for stores and answers.
    var json: JSON {
        guard case .object(let members) = event.json, !isStamped else { return event.json }
        return .object(members.filter { $0.name != "timestamp" })
    }

    /// The event to send for a due time.
    func event(id: String, at due: Date) -> Event {
        var event = event
        event.id = id
        if !isStamped { event.timestamp = Timestamp(due) }
        return event
    }
}
