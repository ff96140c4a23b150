import JSONText
import TestInstruments

@testable import Planning

/// Random values, and what may be done to them.
struct RandomValues {
    var generator: SeededGenerator

    init(seed: Int) {
        self.generator = SeededGenerator(seed: seed)
    }

    /// Texts that mean something to one of the languages.
    static let texts = [
        "", "plain", "it's", "\"quoted\"", "${x}", "$", "$${y}", "\\", "\\n", "line\nbreak", "tab\there", "\r\n", "é",
        "e\u{301}",
        "👩‍👩‍👧", "# no comment", "// no comment", "a: b", "- a", "[x]", "[[x]", "{y}", "%s", "null", "true", "08", "~",
        "'''",
        String(repeating: "long ", count: 800), "\u{1}", "\u{7F}", "日本",
    ]
    static let names = [
        "name", "value", "properties", "a-b", "a.b", "true", "null", "1st", "", "größe", "x y", "it's", "location",
    ]

    mutating func object(depth: Int) -> Value {
        let names = Self.names.shuffled(using: &generator).prefix(int(0...5))
        var members = names.map { Value.Member($0, value(depth: depth - 1)) }
        if chance(2) { members.append(.init("env", keyed(depth: depth - 1))) }
        if chance(2) { members.append(.init("dependsOn", words())) }
        return .object(members)
    }

    mutating func value(depth: Int) -> Value {
        switch depth > 0 ? int(0...4) : int(0...1) {
        case 0: .string(Self.texts.randomElement(using: &generator) ?? "")
        case 1:
            [Value.null, .bool(true), .literal("0"), .literal("-12"), .literal("9007199254740993")].randomElement(
                using: &generator
            ) ?? .null
        case 2: .list((0..<int(0...4)).map { _ in value(depth: depth - 1) })
        default: object(depth: depth)
        }
    }

    /// Elements with names of their own.
    private mutating func keyed(depth: Int) -> Value {
        let names = ["A", "B", "C", "it's", "D"].shuffled(using: &generator).prefix(int(0...5))
        return .list(names.map { .object([.init("name", .string($0)), .init("value", value(depth: depth))]) })
    }

    private mutating func words() -> Value {
        .list(["a", "b", "c", "d"].shuffled(using: &generator).prefix(int(0...4)).map { .string($0) })
    }

    /// The same value with everything in another order whose order means nothing.
    mutating func shuffled(_ value: Value, named name: String = "") -> Value {
        switch value {
        case .object(let members):
            return .object(
                members.map { Value.Member($0.name, shuffled($0.value, named: $0.name)) }.shuffled(using: &generator)
            )
        case .list(let elements):
            let inner = elements.map { shuffled($0) }
            let isFree = name == "env" || name == "dependsOn"
            return .list(isFree ? inner.shuffled(using: &generator) : inner)
        case .string, .literal, .expression, .secret: return value
        }
    }

    /// The value with something changed here and there.
    mutating func edited(_ value: Value) -> Value {
        switch value {
        case .object(let members):
            var members = members.filter { _ in !chance(8) }.map { Value.Member($0.name, edited($0.value)) }
            if chance(4), !members.contains(where: { $0.name == "new" }) {
                members.append(.init("new", self.value(depth: 1)))
            }
            return .object(members)
        case .list(let elements):
            var elements = elements.filter { _ in !chance(6) }.map { edited($0) }
            if chance(5) { elements.insert(self.value(depth: 1), at: int(0...elements.count)) }
            return .list(elements)
        case .string, .literal, .expression, .secret: return chance(5) ? self.value(depth: 1) : value
        }
    }

    mutating func int(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &generator) }
    mutating func chance(_ count: Int) -> Bool { int(1...count) == 1 }
}

extension Value {
    /// The value as JSON text, which is YAML too.
    var json: JSON {
        switch self {
        case .string(let text), .expression(let text): .string(text)
        case .literal(let text): (try? JSON(parsing: text)) ?? .null
        case .list(let elements): .array(elements.map(\.json))
        case .object(let members): .object(members.map { .init($0.name, $0.value.json) })
        case .secret: .null
        }
    }

    /// The value after some changes, each applied to what the ones before it left.
    func applying(_ changes: [PropertyChange]) -> Value {
        // Elements of ordered arrays go from the end, so that the places before them stay.
        let removals = changes.filter { if case .removed = $0.change { true } else { false } }
        let rest = changes.filter { if case .removed = $0.change { false } else { true } }
        return (removals.reversed() + rest).reduce(self) { $0.applying($1.change, at: $1.path.steps[...]) }
    }

    private func applying(_ change: PropertyChange.Change, at path: ArraySlice<PropertyPath.Step>) -> Value {
        guard let step = path.first else {
            switch change {
            case .added(let value), .changed(_, let value): return value
            case .removed: return self
            }
        }
        let rest = path.dropFirst()
        let isRemoval = if case .removed = change { rest.isEmpty } else { false }
        switch (self, step) {
        case (.object(var members), .member(let name)):
            if let index = members.firstIndex(where: { $0.name == name }) {
                if isRemoval {
                    members.remove(at: index)
                } else {
                    members[index].value = members[index].value.applying(change, at: rest)
                }
            } else {
                members.append(.init(name, Value.null.applying(change, at: rest)))
            }
            return .object(members)
        case (.list(var elements), .element(let name)):
            if let index = elements.firstIndex(where: { ($0.scalar ?? $0["name"]?.scalar ?? $0["key"]?.scalar) == name }
            ) {
                if isRemoval {
                    elements.remove(at: index)
                } else {
                    elements[index] = elements[index].applying(change, at: rest)
                }
            } else {
                elements.append(Value.null.applying(change, at: rest))
            }
            return .list(elements)
        case (.list(var elements), .index(let index)):
            if isRemoval {
                elements.remove(at: index)
            } else if case .added = change, rest.isEmpty {
                elements.insert(Value.null.applying(change, at: rest), at: index)
            } else {
                elements[index] = elements[index].applying(change, at: rest)
            }
            return .list(elements)
        default: return self
        }
    }
}
