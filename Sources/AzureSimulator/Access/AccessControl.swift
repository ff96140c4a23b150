import JSONText

#if canImport(FoundationEssentials)
import struct FoundationEssentials.Date
#else
import struct Foundation.Date
#endif

/// Who may do what, and since when.
struct AccessControl: Sendable {
    /// One role that a principal has somewhere.
    struct Grant: Sendable, Hashable {
        var principal: String
        /// The GUID of the definition, in lower case.
        var definition: String
        /// When data planes learn of it.
        var effectiveFrom: Date
        /// The assignment that it comes from; `nil` for what was there from the start.
        var assignment: String?
        /// What bounds it, in the language of conditions; `nil` where nothing does.
        var condition: String?
    }

    private var grants: [String: [Grant]] = [:]
    private var definitions: [String: RolePermissions] = [:]

    init() {
        for definition in BuiltInDefinition.all { definitions[definition.identifier] = definition.permissions }
    }

    func knows(definition: String) -> Bool { definitions[definition.lowercased()] != nil }

    mutating func define(_ identifier: String, _ permissions: RolePermissions?) {
        definitions[identifier.lowercased()] = permissions
    }

    mutating func give(_ grant: Grant, on scope: String) {
        take(assignment: grant.assignment, on: scope)
        grants[scope.lowercased(), default: []].append(grant)
    }

    mutating func take(assignment: String?, on scope: String) {
        guard let assignment else { return }
        grants[scope.lowercased()]?.removeAll { $0.assignment == assignment }
    }

    /// Changes what bounds the grant of an assignment.
    mutating func bound(_ assignment: String, on scope: String, by condition: String?) {
        let key = scope.lowercased()
        for index in grants[key, default: []].indices where grants[key]?[index].assignment == assignment {
            grants[key]?[index].condition = condition
        }
    }

    func grants(on scope: String) -> [Grant] { grants[scope.lowercased()] ?? [] }

    /// Whether a principal may do something with a resource, or with anything that it is in.
    func allows(_ action: Action, by principal: String, on scope: String, at now: Date) -> Bool {
        Self.chain(scope).contains { scope in
            grants[scope]?.contains { allows(action, by: principal, through: $0, at: now) } ?? false
        }
    }

    /// Whether one of the grants by which a principal may do something is bound by nothing that forbids it.
    func allows(
        _ action: Action,
        by principal: String,
        on scope: String,
        at now: Date,
        where isMet: (_ condition: String) -> Bool
    ) -> Bool {
        Self.chain(scope).flatMap { grants[$0] ?? [] }.contains { grant in
            allows(action, by: principal, through: grant, at: now) && grant.condition.map(isMet) ?? true
        }
    }

    private func allows(_ action: Action, by principal: String, through grant: Grant, at now: Date) -> Bool {
        grant.principal == principal && grant.effectiveFrom <= now
            && definitions[grant.definition]?.allows(action) ?? false
    }

    /// Everything that a principal may do with a resource.
    func permissions(of principal: String, on scope: String, at now: Date) -> [RolePermissions] {
        Self.chain(scope).flatMap { grants[$0] ?? [] }
            .filter { $0.principal == principal && $0.effectiveFrom <= now }
            .compactMap { definitions[$0.definition] }
    }

    /// A scope and everything that it is in.
    private static func chain(_ scope: String) -> [String] {
        var scopes: [String] = []
        var path = ""
        for segment in scope.lowercased().split(separator: "/") {
            path += "/\(segment)"
            scopes.append(path)
        }
        return scopes
    }
}
