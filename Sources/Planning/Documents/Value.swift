/// A value of a property, whatever language it was read from.
public enum Value: Sendable, Hashable {
    case string(String)
    /// A number, a boolean or null as written: `8080`, `true`.
    case literal(String)
    /// What only a deployment can work out, in one canonical spelling: `app.properties.url`.
    case expression(String)
    case list([Value])
    case object([Member])
    /// A value that nobody may see.
    case secret(HiddenValue)

    /// One name and value of an object; the names of an object are all different.
    public struct Member: Sendable, Hashable {
        public var name: String
        public var value: Value

        public init(_ name: String, _ value: Value) {
            self.name = name
            self.value = value
        }
    }
}

/// A value that can be compared with another and not be read.
public struct HiddenValue: Sendable, Hashable, CustomStringConvertible, CustomReflectable {
    /// The parameter that it is the value of; `nil` where it is not known to be one.
    package let source: SecretParameter?
    // An array, because a value cannot hold itself; empty where nobody gave the value.
    private let value: [Value]

    init(_ value: Value?, of source: SecretParameter? = nil) {
        self.source = source
        self.value = value.map { [$0] } ?? []
    }

    /// Whether there is a value; a parameter that was not given has none.
    package var isGiven: Bool { !value.isEmpty }

    /// The same parameter without a value.
    var forgotten: HiddenValue { HiddenValue(nil, of: source) }

    /// The fingerprint that stands for a secret; `nil` for one that is held itself.
    var fingerprint: String? {
        guard case .string(let text) = value.first, SecretFingerprint.isFingerprint(text) else { return nil }
        return text
    }

    /// The texts inside, for the one place that takes them out of other text.
    var texts: [String] { value.flatMap(\.texts) }

    public var description: String { "(secret)" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// A parameter for a secret, and the environment variable that its value comes from.
package struct SecretParameter: Sendable, Hashable {
    package let name: String
    package let environment: String

    package init(name: String, environment: String) {
        self.name = name
        self.environment = environment
    }
}

extension Value: ExpressibleByStringLiteral {
    public init(stringLiteral text: String) { self = .string(text) }
}

extension Value {
    static let null = Value.literal("null")
    static let empty = Value.object([])

    static func bool(_ value: Bool) -> Value { .literal(value ? "true" : "false") }

    /// The member of an object with this name; `nil` where there is none, or this is no object.
    public subscript(name: String) -> Value? {
        members?.first { $0.name == name }?.value
    }

    public var members: [Member]? {
        if case .object(let members) = self { members } else { nil }
    }

    public var elements: [Value]? {
        if case .list(let elements) = self { elements } else { nil }
    }

    public var string: String? {
        if case .string(let text) = self { text } else { nil }
    }

    /// The text of a value without parts; `nil` for a list, an object or a secret.
    public var scalar: String? {
        switch self {
        case .string(let text), .literal(let text), .expression(let text): text
        case .list, .object, .secret: nil
        }
    }

    /// Every text that the value is made of.
    var texts: [String] {
        switch self {
        case .string(let text), .literal(let text), .expression(let text): [text]
        case .list(let elements): elements.flatMap(\.texts)
        case .object(let members): members.flatMap(\.value.texts)
        case .secret(let hidden): hidden.texts
        }
    }

    /// The value as one that nobody may see; an empty one has nothing to hide.
    var hidden: Value {
        switch self {
        case .secret: self
        case .string(""), .list([]), .object([]): self
        case .string, .literal, .expression, .list, .object: .secret(HiddenValue(self))
        }
    }

    /// This object with a member's value put through a function.
    func mapping(_ name: String, _ transform: (Value) -> Value) -> Value {
        guard case .object(let members) = self else { return self }
        return .object(members.map { $0.name == name ? Member($0.name, transform($0.value)) : $0 })
    }

    /// This object without some of its members.
    func without(_ names: Set<String>) -> Value {
        guard case .object(let members) = self else { return self }
        return .object(members.filter { !names.contains($0.name) })
    }
}
