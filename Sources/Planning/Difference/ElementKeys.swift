/// The elements of two arrays under names of their own, where the rule of the arrays gives them any.
enum ElementKeys {
    static func members(_ old: [Value], _ new: [Value], under rule: ArrayRule) -> ([Value.Member], [Value.Member])? {
        let names: [(Value) -> String?] =
            switch rule {
            case .unordered(let keys): [\.scalar] + keys.map(member)
            case .unknown: ["name", "key"].map(member)
            }
        for name in names {
            if let old = named(old, by: name), let new = named(new, by: name) { return (old, new) }
        }
        return nil
    }

    private static func member(_ key: String) -> (Value) -> String? {
        { $0[key]?.scalar }
    }

    private static func named(_ elements: [Value], by name: (Value) -> String?) -> [Value.Member]? {
        var members: [Value.Member] = []
        var names: Set<String> = []
        for element in elements {
            guard let name = name(element), names.insert(name).inserted else { return nil }
            members.append(.init(name, element))
        }
        return members
    }
}
