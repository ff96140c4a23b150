/// The settings of programs whose values nobody may see.
enum SecretSettings {
    /// Hides the values that somebody wrote beside these names into the environment of a service or a unit.
    ///
    /// What begins with `$` stands for the value and does not hold it.
    static func hide(_ names: Set<String>, in things: [Thing]) -> [Thing] {
        guard !names.isEmpty else { return things }
        return things.map { thing in
            let properties = ["environment", "Environment"].reduce(thing.properties) { properties, list in
                properties.mapping(list) { environment in
                    names.reduce(environment) { $0.mapping($1, hideText) }
                }
            }
            return Thing(thing.id, properties)
        }
    }

    private static func hideText(_ value: Value) -> Value {
        switch value {
        case .string(let text): text.hasPrefix("$") ? value : value.hidden
        case .literal("null"), .expression, .list, .object, .secret: value
        case .literal: value.hidden
        }
    }
}
