/// What a tool asks to see.
///
/// Source: learn.microsoft.com/rest/api/servicebus/entities-discovery
enum ManagementTarget: Sendable, Hashable {
    case queues
    case topics
    case subscriptions(topic: String)
    case rules(subscription: String)
    case rule(subscription: String, name: String)
    /// A queue, topic or subscription.
    case entity(String)

    /// Reads the segments of a path.
    init?(_ segments: [String]) {
        let words = segments.map { $0.lowercased() }
        let path = segments.joined(separator: "/")
        switch words.count {
        case 0: return nil
        case 2 where words == ["$resources", "queues"]: self = .queues
        case 2 where words == ["$resources", "topics"]: self = .topics
        case 2... where words.last == "subscriptions":
            self = .subscriptions(topic: segments.dropLast().joined(separator: "/"))
        case 4... where words.last == "rules": self = .rules(subscription: segments.dropLast().joined(separator: "/"))
        case 5... where words[words.count - 2] == "rules":
            self = .rule(
                subscription: segments.dropLast(2).joined(separator: "/"),
                name: segments[segments.count - 1]
            )
        default: self = .entity(path)
        }
    }
}
