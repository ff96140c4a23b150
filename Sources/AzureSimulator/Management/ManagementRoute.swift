/// What a request to the management plane is about, read from its path alone.
///
/// Source: learn.microsoft.com/rest/api/resources, one page for each operation.
enum ManagementRoute: Sendable, Hashable {
    case subscriptions
    case subscription(String)
    case locations(subscription: String)
    case providers(subscription: String)
    case groups(subscription: String)
    case group(subscription: String, name: String)
    case resources(scope: String)
    case provider(subscription: String, namespace: String, isRegistration: Bool)
    /// Whether a name that is unique in all of Azure is free.
    case nameCheck(subscription: String, namespace: String)
    case operation(OperationForm, id: String)
    case deletedResources(DeletedKind, DeletedName?, isPurge: Bool)
    case resource(ResourceIdentifier)
    /// All resources of a type below a scope or a parent.
    case collection(scope: String, type: String)
    case action(ResourceIdentifier, String)
    case unknown

    /// The two kinds of addresses that tell how an operation goes.
    enum OperationForm: String, Sendable, Hashable { case status = "operationStatuses", result = "operationResults" }

    /// What stays for a while after it is deleted.
    enum DeletedKind: Sendable, Hashable { case vault, modelAccount }

    struct DeletedName: Sendable, Hashable {
        var location: String
        /// The group that it was in; vaults are found without.
        var group: String?
        var name: String
    }

    init(_ segments: [String]) {
        self = Self.read(segments) ?? .unknown
    }

    private static func read(_ segments: [String]) -> ManagementRoute? {
        guard let first = segments.first else { return nil }
        let words = segments.map { $0.lowercased() }
        if words.count == 3, words[0] == "subscriptions" {
            switch words[2] {
            case "locations": return .locations(subscription: segments[1])
            case "providers": return .providers(subscription: segments[1])
            default: break
            }
        }
        if let place = words.lastIndex(of: "providers") {
            return provided(segments, words, at: place)
        }
        guard first.lowercased() == "subscriptions" else { return nil }
        switch words.count {
        case 1: return .subscriptions
        case 2: return .subscription(segments[1])
        case 3 where words[2] == "resourcegroups": return .groups(subscription: segments[1])
        case 3 where words[2] == "resources": return .resources(scope: "/subscriptions/\(segments[1])")
        case 4 where words[2] == "resourcegroups": return .group(subscription: segments[1], name: segments[3])
        case 5 where words[2] == "resourcegroups" && words[4] == "resources":
            return .resources(scope: segments[..<4].map { "/\($0)" }.joined())
        default: return nil
        }
    }

    private static func provided(_ segments: [String], _ words: [String], at place: Int) -> ManagementRoute? {
        let scope = segments[..<place].map { "/\($0)" }.joined()
        let rest = Array(segments[(place + 1)...])
        guard let namespace = rest.first else { return nil }
        if place == 2, words[0] == "subscriptions" {
            if let route = subscriptionWide(segments[1], namespace, Array(rest.dropFirst())) { return route }
        }
        if rest.count == 1 { return nil }
        if let resource = ResourceIdentifier(segments: segments) { return .resource(resource) }
        if rest.count == 2 { return .collection(scope: scope, type: "\(namespace)/\(rest[1])") }
        guard let resource = ResourceIdentifier(segments: Array(segments.dropLast())), let last = rest.last else {
            return nil
        }
        return .action(resource, last)
    }

    /// What providers tell about a whole subscription.
    private static func subscriptionWide(
        _ subscription: String,
        _ namespace: String,
        _ rest: [String]
    ) -> ManagementRoute? {
        let words = rest.map { $0.lowercased() }
        switch words.count {
        case 0: return .provider(subscription: subscription, namespace: namespace, isRegistration: false)
        case 1 where words[0] == "register":
            return .provider(subscription: subscription, namespace: namespace, isRegistration: true)
        case 1 where words[0] == "checknameavailability":
            return .nameCheck(subscription: subscription, namespace: namespace)
        case 4 where words[0] == "locations" && words[2] == OperationForm.status.rawValue.lowercased():
            return .operation(.status, id: rest[3])
        case 4 where words[0] == "locations" && words[2] == OperationForm.result.rawValue.lowercased():
            return .operation(.result, id: rest[3])
        default: return deleted(namespace.lowercased(), rest, words)
        }
    }

    private static func deleted(_ namespace: String, _ rest: [String], _ words: [String]) -> ManagementRoute? {
        let kind: DeletedKind
        switch (namespace, words.first(where: { $0.hasPrefix("deleted") })) {
        case ("microsoft.keyvault", "deletedvaults"): kind = .vault
        case ("microsoft.cognitiveservices", "deletedaccounts"): kind = .modelAccount
        default: return nil
        }
        if words.count == 1 { return .deletedResources(kind, nil, isPurge: false) }
        guard words.count >= 4, words[0] == "locations" else { return nil }
        let isPurge = words.last == "purge"
        let name = isPurge ? rest[rest.count - 2] : rest[rest.count - 1]
        let group = words[2] == "resourcegroups" ? rest[3] : nil
        return .deletedResources(kind, DeletedName(location: rest[1], group: group, name: name), isPurge: isPurge)
    }
}
