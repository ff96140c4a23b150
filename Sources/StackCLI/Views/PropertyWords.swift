import JSONText
import Planning

/// The one way to tell a person what happens to a property.
struct PropertyWords {
    let values: ValueText

    func line(_ property: PropertyChange) -> ChangeLine {
        let path = values.name(property.path.description)
        switch property.change {
        case .added(let value): return ChangeLine(mark: .added, depth: 1, text: path + ending(property.path, value))
        case .removed(let value): return ChangeLine(mark: .removed, depth: 1, text: path + ending(property.path, value))
        case .changed(.secret, .secret):
            return ChangeLine(mark: .changed, depth: 1, text: "\(path): (secret), another one")
        case .changed(let old, let new):
            let pair = values.pair(old, new)
            return ChangeLine(mark: .changed, depth: 1, text: "\(path): \(pair.old) → \(pair.new)")
        }
    }

    /// The value, unless the path ends with it: `dependsOn[queue]`.
    private func ending(_ path: PropertyPath, _ value: Value) -> String {
        if case .element(let name) = path.steps.last, name == value.scalar { return "" }
        return ": \(values.text(value))"
    }
}

extension JSON {
    /// What happens to a property, for programs.
    init(_ property: PropertyChange) {
        let (change, old, new): (String, JSON?, JSON?) =
            switch property.change {
            case .added(let value): ("added", nil, JSON(value))
            case .changed(let old, let new): ("changed", JSON(old), JSON(new))
            case .removed(let value): ("removed", JSON(value), nil)
            }
        self = .compact([
            "path": .string(property.path.description), "change": .string(change), "old": old, "new": new,
        ])
    }

    /// A value of a property; what JSON has no word for is an object with one member that begins with `$`.
    init(_ value: Planning.Value) {
        switch value {
        case .string(let text): self = .string(text)
        case .literal(let text): self = (try? JSON(parsing: text)) ?? .string(text)
        case .expression(let text): self = ["$expression": .string(text)]
        case .list(let elements): self = .array(elements.map { JSON($0) })
        case .object(let members): self = .object(members.map { Member($0.name, JSON($0.value)) })
        case .secret: self = ["$secret": true]
        }
    }
}
