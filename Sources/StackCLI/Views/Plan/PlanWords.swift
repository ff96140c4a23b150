import Planning
import Renderers

/// The lines of a plan before they get their form.
struct PlanWords {
    let values: ValueText

    /// Prepares to tell a plan.
    ///
    /// - Parameter valueLimit: How many characters of a value are shown; `nil` for all.
    init(valueLimit: Int?) {
        self.values = ValueText(limit: valueLimit, unknown: "(known after create)")
    }

    /// The resource and what changes in it; what is created needs no more than its name.
    func lines(_ step: Plan.Step) -> [ChangeLine] {
        let mark = PlannedChange(step.action).mark
        let head = ChangeLine(mark: mark, depth: 0, text: ResourceName(step).description)
        return switch step.action {
        case .create, .delete: [head]
        case .update(let changes): [head] + lines(changes, because: [])
        case .replace(let changes, let forcing): [head] + lines(changes, because: forcing)
        }
    }

    /// As ``lines(_:)``, with what a new resource is made of.
    func details(_ step: Plan.Step) -> [ChangeLine] {
        guard case .create(let body) = step.action else { return lines(step) }
        let properties = body.leaves.map { path, value in
            ChangeLine(mark: .added, depth: 1, text: "\(values.name(path.description)): \(values.text(value))")
        }
        return lines(step) + properties
    }

    private func lines(_ changes: [PropertyChange], because forcing: [PropertyPath]) -> [ChangeLine] {
        let words = PropertyWords(values: values)
        let forcing = Set(forcing)
        return changes.map { change in
            var line = words.line(change.concealed)
            if forcing.contains(change.path) { line.text += " (forces replacement)" }
            return line
        }
    }
}

extension Planning.Value {
    /// The values without members, each with its path.
    fileprivate var leaves: [(path: PropertyPath, value: Self)] {
        var leaves: [(PropertyPath, Self)] = []
        collect(below: [], into: &leaves)
        return leaves
    }

    private func collect(below path: [PropertyPath.Step], into leaves: inout [(PropertyPath, Self)]) {
        switch self {
        case .object(let members) where !members.isEmpty:
            for member in members { member.value.collect(below: path + [.member(member.name)], into: &leaves) }
        case .list(let elements) where elements.contains { $0.members != nil }:
            for (index, element) in elements.enumerated() {
                element.collect(below: path + [.index(index)], into: &leaves)
            }
        case .string, .literal, .expression, .list, .object, .secret: leaves.append((PropertyPath(path), self))
        }
    }
}
