/// All resources, with what is below what.
struct ResourceStore: Sendable {
    private var resources: [String: Resource] = [:]
    /// The keys of what a group or a resource holds.
    private var held: [String: Set<String>] = [:]
    /// Who has a name that is unique in all of Azure, by type and name.
    private var names: [String: String] = [:]
    /// How many there are of a type.
    private var counts: [String: Int] = [:]

    subscript(key: String) -> Resource? { resources[key] }

    var all: some Collection<Resource> { resources.values }

    func count(of type: String) -> Int { counts[type.lowercased()] ?? 0 }

    /// The resource with a name that is unique in all of Azure.
    func resource(_ type: String, named name: String) -> Resource? {
        names[Self.name(type, name)].flatMap { resources[$0] }
    }

    /// What is directly below a group, a subscription or a resource, in the order of names.
    func held(by holder: String) -> [Resource] {
        (held[holder.lowercased()] ?? []).sorted().compactMap { resources[$0] }
    }

    mutating func insert(_ resource: Resource) {
        let key = resource.key
        if resources.updateValue(resource, forKey: key) == nil {
            counts[resource.facts.name.lowercased(), default: 0] += 1
        }
        held[resource.identifier.holder, default: []].insert(key)
        if resource.facts.names.takenCode != nil { names[Self.name(resource.facts.name, resource.name)] = key }
    }

    mutating func change(_ key: String, _ change: (inout Resource) -> Void) {
        guard var resource = resources[key] else { return }
        change(&resource)
        resources[key] = resource
    }

    /// Takes out a resource and everything below it.
    ///
    /// - Returns: What is gone, the deepest first.
    mutating func remove(_ key: String) -> [Resource] {
        var gone: [Resource] = []
        var waiting = [key]
        while let next = waiting.popLast() {
            waiting += held.removeValue(forKey: next) ?? []
            guard let resource = resources.removeValue(forKey: next) else { continue }
            counts[resource.facts.name.lowercased(), default: 0] -= 1
            held[resource.identifier.holder]?.remove(next)
            let name = Self.name(resource.facts.name, resource.name)
            if names[name] == next { names[name] = nil }
            gone.append(resource)
        }
        return gone.reversed()
    }

    private static func name(_ type: String, _ name: String) -> String { "\(type)/\(name)".lowercased() }
}
