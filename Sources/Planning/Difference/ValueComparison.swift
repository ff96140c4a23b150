/// Finds what changed between two values, property by property.
struct ValueComparison {
    private(set) var changes: [PropertyChange] = []
    private var path = PropertyPath()
    private let expressions: Expressions

    /// What expressions are to a comparison.
    enum Expressions {
        /// What somebody wrote, which is the same where it reads the same.
        case written
        /// Values that nobody knows, each of which may be any.
        case unknown
    }

    static func changes(from old: Value, to new: Value, expressions: Expressions = .written) -> [PropertyChange] {
        var comparison = ValueComparison(expressions)
        comparison.compare(old, new, named: "")
        return comparison.changes
    }

    private init(_ expressions: Expressions) {
        self.expressions = expressions
    }

    /// Compares two values; the name is that of the innermost member they stand in.
    private mutating func compare(_ old: Value, _ new: Value, named name: String) {
        switch (old, new) {
        case (.object(let old), .object(let new)): compare(old, new)
        case (.list(let old), .list(let new)): compare(old, new, named: name)
        default: if !isSame(old, new, named: name) { changes.append(.init(path, .changed(from: old, to: new))) }
        }
    }

    // MARK: Values without parts

    private func isSame(_ old: Value, _ new: Value, named name: String) -> Bool {
        switch (old, new) {
        case (.string(let old), .string(let new)): Self.isSame(old, new, named: name)
        case (.literal(let old), .literal(let new)): old.utf8.elementsEqual(new.utf8)
        case (.expression(let old), .expression(let new)):
            expressions == .written && old.utf8.elementsEqual(new.utf8)
        case (.secret(let old), .secret(let new)): old == new
        default: false
        }
    }

    /// Azure reads `East US` and `eastus` as one location, and takes no notice of capitals in the ids of resources.
    ///
    /// Source: learn.microsoft.com/azure/azure-resource-manager/management/overview#case-sensitivity
    static func isSame(_ old: String, _ new: String, named name: String) -> Bool {
        if old.utf8.elementsEqual(new.utf8) { return true }
        if name == "location" { return old.location == new.location }
        return old.isResourceID && new.isResourceID && old.lowercased() == new.lowercased()
    }

    // MARK: Objects

    private mutating func compare(_ old: [Value.Member], _ new: [Value.Member]) {
        let after = Dictionary(new.map { ($0.name, $0.value) }) { first, _ in first }
        let before = Set(old.map(\.name))
        for member in old {
            at(.member(member.name)) { comparison in
                if let value = after[member.name] {
                    comparison.compare(member.value, value, named: member.name)
                } else {
                    comparison.changes.append(.init(comparison.path, .removed(member.value)))
                }
            }
        }
        for member in new where !before.contains(member.name) {
            at(.member(member.name)) { $0.changes.append(.init($0.path, .added(member.value))) }
        }
    }

    private mutating func at(_ step: PropertyPath.Step, _ body: (inout Self) -> Void) {
        path.append(step)
        body(&self)
        path.removeLast()
    }

    // MARK: Arrays

    private mutating func compare(_ old: [Value], _ new: [Value], named name: String) {
        if let (old, new) = ElementKeys.members(old, new, under: ArrayRule.of(name)) {
            compareElements(old, new)
        } else {
            compareInOrder(old, new, named: name)
        }
    }

    private mutating func compareElements(_ old: [Value.Member], _ new: [Value.Member]) {
        let after = Dictionary(new.map { ($0.name, $0.value) }) { first, _ in first }
        let before = Set(old.map(\.name))
        for element in old {
            at(.element(element.name)) { comparison in
                if let value = after[element.name] {
                    comparison.compare(element.value, value, named: "")
                } else {
                    comparison.changes.append(.init(comparison.path, .removed(element.value)))
                }
            }
        }
        for element in new where !before.contains(element.name) {
            at(.element(element.name)) { $0.changes.append(.init($0.path, .added(element.value))) }
        }
    }

    /// What both arrays begin and end with is one; what is left between is compared place by place.
    private mutating func compareInOrder(_ old: [Value], _ new: [Value], named name: String) {
        let shorter = min(old.count, new.count)
        let start = (0..<shorter).first { !old[$0].isIdentical(to: new[$0], expressions) } ?? shorter
        let end = (0..<shorter - start).first {
            !old[old.count - 1 - $0].isIdentical(to: new[new.count - 1 - $0], expressions)
        }
        let tail = end ?? shorter - start
        let paired = shorter - tail
        for index in start..<paired { at(.index(index)) { $0.compare(old[index], new[index], named: name) } }
        for index in paired..<old.count - tail {
            at(.index(index)) { $0.changes.append(.init($0.path, .removed(old[index]))) }
        }
        for index in paired..<new.count - tail {
            at(.index(index)) { $0.changes.append(.init($0.path, .added(new[index]))) }
        }
    }
}

extension Value {
    /// Whether two values are one to the byte and to the order of members.
    fileprivate func isIdentical(to other: Value, _ expressions: ValueComparison.Expressions) -> Bool {
        switch (self, other) {
        case (.string(let text), .string(let other)), (.literal(let text), .literal(let other)):
            text.utf8.elementsEqual(other.utf8)
        case (.expression(let text), .expression(let other)):
            expressions == .written && text.utf8.elementsEqual(other.utf8)
        case (.list(let elements), .list(let other)):
            elements.count == other.count && zip(elements, other).allSatisfy { $0.isIdentical(to: $1, expressions) }
        case (.object(let members), .object(let other)):
            members.count == other.count
                && zip(members, other).allSatisfy {
                    $0.name == $1.name && $0.value.isIdentical(to: $1.value, expressions)
                }
        case (.secret(let hidden), .secret(let other)): hidden == other
        default: false
        }
    }
}

extension String {
    fileprivate var location: String { lowercased().filter { $0 != " " } }

    fileprivate var isResourceID: Bool {
        let start = prefix(15).lowercased()
        return start == "/subscriptions/" || start.hasPrefix("/providers/")
    }
}
