import JSONText

/// What the caller may do at a scope, as Azure tells.
///
/// Sources: learn.microsoft.com/rest/api/authorization/permissions/list-for-resource-group,
/// learn.microsoft.com/azure/role-based-access-control/role-definitions (how actions and exceptions from them add up)
struct CallerPermissions: Sendable, Hashable {
    private struct Permission: Hashable {
        let actions: [String]
        let exceptions: [String]
    }

    private let permissions: [Permission]

    init(_ documents: [JSON]) {
        permissions = documents.map { document in
            func texts(_ name: String) -> [String] { document[name]?.array?.compactMap(\.string) ?? [] }
            return Permission(actions: texts("actions"), exceptions: texts("notActions"))
        }
    }

    /// Whether one role allows an action; what one takes away, another may give.
    func allows(_ action: String) -> Bool {
        permissions.contains { permission in
            permission.actions.contains { Self.matches(action, $0) }
                && !permission.exceptions.contains { Self.matches(action, $0) }
        }
    }

    /// Whether an action is one of a pattern, in which `*` stands for any text; case makes no difference.
    static func matches(_ action: String, _ pattern: String) -> Bool {
        let parts = pattern.lowercased().split(separator: "*", omittingEmptySubsequences: false)
        var rest = action.lowercased()[...]
        guard let first = parts.first, let last = parts.last, rest.hasPrefix(first) else { return false }
        if parts.count == 1 { return rest == first }
        rest = rest.dropFirst(first.count)
        for part in parts.dropFirst().dropLast() where !part.isEmpty {
            guard let place = rest.firstRange(of: part) else { return false }
            rest = rest[place.upperBound...]
        }
        return rest.hasSuffix(last)
    }
}
