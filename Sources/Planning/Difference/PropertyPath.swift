/// Where a property is found in a thing: `properties.template.containers[chat].env[PORT].value`.
public struct PropertyPath: Sendable, Hashable, CustomStringConvertible {
    public private(set) var steps: [Step]

    public enum Step: Sendable, Hashable {
        case member(String)
        /// An element of an array known by its name, or by itself where it is a word.
        case element(String)
        case index(Int)
    }

    public init(_ steps: [Step] = []) {
        self.steps = steps
    }

    mutating func append(_ step: Step) { steps.append(step) }
    mutating func removeLast() { steps.removeLast() }
    func appending(_ step: Step) -> PropertyPath { PropertyPath(steps + [step]) }
    func appending(_ other: PropertyPath) -> PropertyPath { PropertyPath(steps + other.steps) }

    public var description: String {
        steps.reduce(into: "") { text, step in
            switch step {
            case .member(let name) where Self.isPlain(name): text += text.isEmpty ? name : ".\(name)"
            case .member(let name): text += "['\(name)']"
            case .element(let name): text += "[\(name)]"
            case .index(let index): text += "[\(index)]"
            }
        }
    }

    /// The path as facts about types name it: `properties.template.containers[].probes[].type`.
    var pattern: String {
        steps.reduce(into: "") { text, step in
            switch step {
            case .member(let name): text += text.isEmpty ? name : ".\(name)"
            case .element, .index: text += "[]"
            }
        }
    }

    /// Whether a name cannot be taken for several steps.
    private static func isPlain(_ name: String) -> Bool {
        !name.isEmpty && !name.utf8.contains { ".[]'".utf8.contains($0) }
    }
}
