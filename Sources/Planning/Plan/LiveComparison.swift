package import Renderers

/// Finds what must change in a living resource so that it is what the stack says.
///
/// Only what the program writes, or wrote when it was applied last, is looked at: Azure adds defaults and facts of its
/// own to every resource, and others may add members to objects. An array is written whole, so an element too many is a
/// change.
package struct LiveComparison {
    /// What must change, and which of it only a new resource can have.
    package struct Result: Sendable, Hashable {
        package var changes: [PropertyChange] = []
        /// The properties that force a replacement.
        package var forcing: [PropertyPath] = []
    }

    private let facts: ResourceFacts
    private var result = Result()
    private var path = PropertyPath()
    /// The path as facts name it, and all paths above it.
    private var patterns = [""]
    /// The names of the members on the path.
    private var names: [String] = []

    /// Compares a resource with what it should be.
    ///
    /// - Parameters:
    ///   - type: The type of the resource, for what is known of its properties.
    ///   - desired: The body that a request would carry; expressions are what is known only after a creation.
    ///   - live: What Azure shows.
    ///   - applied: The body that was sent last; `nil` where nobody remembers.
    /// - Returns: What must change, nothing where the resource is as it should be.
    package static func result(
        of type: ResourceType,
        desired: Value,
        live: Value,
        applied: Value?
    ) -> Result {
        var comparison = LiveComparison(facts: type.facts)
        comparison.compare(desired, live, applied)
        return comparison.result
    }

    private init(facts: ResourceFacts) {
        self.facts = facts
    }

    private mutating func compare(_ desired: Value, _ live: Value?, _ applied: Value?) {
        // A secret that nobody gave stays what it is.
        if desired.isForgottenSecret, applied != nil { return }
        let name = patternName
        if facts.unreadable.contains(name) { return compareUnread(desired, applied) }
        guard let live else { return add(.added(desired), named: name) }
        switch (desired, live) {
        case (.object(let members), .object): compare(members, live, applied)
        case (.list(let elements), .list(let others)): compare(elements, others, applied, named: name)
        default:
            if !isSame(desired, live, respelled: facts.respelled.contains(name)) {
                add(.changed(from: live, to: desired), named: name)
            }
        }
    }

    private var patternName: String { patterns.last ?? "" }
    private var isElement: Bool { patternName.utf8.last == UInt8(ascii: "]") }

    /// What cannot be read is as it was sent last; where nobody remembers that, it is sent again.
    private mutating func compareUnread(_ desired: Value, _ applied: Value?) {
        guard let applied else { return add(.added(desired), named: "") }
        for change in ValueComparison.changes(from: applied, to: desired, expressions: .unknown) {
            if case .changed(_, let new) = change.change, new.isForgottenSecret { continue }
            result.changes.append(PropertyChange(path.appending(change.path), change.change))
        }
    }

    private mutating func add(_ change: PropertyChange.Change, named name: String) {
        result.changes.append(PropertyChange(path, change))
        if facts.fixed.contains(name) { result.forcing.append(path) }
    }

    // MARK: Objects

    private mutating func compare(_ members: [Value.Member], _ live: Value, _ applied: Value?) {
        let live = live.membersByName
        let before = applied?.membersByName ?? [:]
        for member in members {
            let name = member.name.comparable
            at(.member(member.name)) { $0.compare(member.value, live[name], before[name]) }
        }
        let wanted = Set(members.map(\.name.comparable))
        for member in applied?.members ?? [] where !wanted.contains(member.name.comparable) {
            guard let left = live[member.name.comparable] else { continue }
            if patternName == "properties", facts.irrevocable.contains(member.name) { continue }
            at(.member(member.name)) { $0.add(.removed(left), named: $0.patternName) }
        }
    }

    private mutating func at(_ step: PropertyPath.Step, _ body: (inout Self) -> Void) {
        path.append(step)
        switch step {
        case .member(let name):
            patterns.append(patternName.isEmpty ? name : "\(patternName).\(name)")
            names.append(name)
            body(&self)
            names.removeLast()
        case .element, .index:
            patterns.append("\(patternName)[]")
            body(&self)
        }
        patterns.removeLast()
        path.removeLast()
    }

    // MARK: Arrays

    private mutating func compare(_ desired: [Value], _ live: [Value], _ applied: Value?, named name: String) {
        let rule = ArrayRule.of(names.last ?? "")
        guard let (wanted, found) = ElementKeys.members(desired, live, under: rule) else {
            return compareInOrder(desired, live, applied, named: name)
        }
        // Azure may spell even the words that tell elements apart its own way; that shows again inside the element.
        let folds = [wanted, found].allSatisfy { Set($0.map { $0.name.lowercased() }).count == $0.count }
        let key: (Value.Member) -> String = { folds ? $0.name.lowercased() : $0.name }
        let lives = Dictionary(found.map { (key($0), $0.value) }) { first, _ in first }
        let names = Set(wanted.map(key))
        for element in wanted {
            at(.element(element.name)) { $0.compare(element.value, lives[key(element)], nil) }
        }
        for element in found where !names.contains(key(element)) {
            at(.element(element.name)) { $0.add(.removed(element.value), named: name) }
        }
    }

    private mutating func compareInOrder(
        _ desired: [Value],
        _ live: [Value],
        _ applied: Value?,
        named name: String
    ) {
        for index in desired.indices {
            at(.index(index)) { comparison in
                comparison.compare(desired[index], live.indices.contains(index) ? live[index] : nil, nil)
            }
        }
        for index in live.indices.dropFirst(desired.count) {
            at(.index(index)) { $0.add(.removed(live[index]), named: name) }
        }
    }

    // MARK: Values without parts

    /// What is known only after a creation is the same as nothing that is there.
    private func isSame(_ desired: Value, _ live: Value, respelled: Bool) -> Bool {
        switch (desired, live) {
        case (.string(let text), .string(let other)):
            ValueComparison.isSame(text, other, named: isElement ? "" : names.last ?? "")
                || respelled && text.lowercased() == other.lowercased()
        case (.literal(let text), .literal(let other)): text == other || text.isNumber(like: other)
        case (.secret(let hidden), .secret(let other)): hidden == other
        default: false
        }
    }
}

extension Value {
    /// The members by name; names that are identifiers of resources are known in any capitals.
    fileprivate var membersByName: [String: Value] {
        Dictionary((members ?? []).map { ($0.name.comparable, $0.value) }) { first, _ in first }
    }

    /// Whether it is a secret that nobody gave.
    fileprivate var isForgottenSecret: Bool {
        if case .secret(let hidden) = self { !hidden.isGiven } else { false }
    }
}

extension String {
    fileprivate var comparable: String { hasPrefix("/") ? lowercased() : self }

    /// Whether two numbers are one: `0.5` and `0.50`.
    fileprivate func isNumber(like other: String) -> Bool {
        guard let number = Double(self), let other = Double(other) else { return false }
        return number == other
    }
}
