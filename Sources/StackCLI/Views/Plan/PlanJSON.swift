import JSONText
import Planning
import Renderers
import StackGraph

/// A plan for programs: one document, whole values, and a version that says how to read it.
///
/// `subject` says where; `counts` has a number for each of `delete`, `replace`, `create`, `change` and `unchanged`;
/// each of `steps` has an `id`, a `type`, the `node` of the stack where there is one, an `action`, and the identifiers
/// that it comes `after`. A creation has its `body`; a change and a replacement have `properties`, and those which
/// force a replacement are named in `because`.
enum PlanJSON {
    static let version = 1

    static func document(_ plan: Plan, of subject: PlanSubject) -> JSON {
        ["version": JSON(version), "subject": subject.json, "counts": counts(plan), "steps": steps(plan)]
    }

    static func counts(_ plan: Plan) -> JSON {
        let counts = PlanCounts(plan)
        let changes = PlannedChange.allCases.map { JSON.Member($0.rawValue, JSON(counts.count($0))) }
        return .object(changes + [JSON.Member("unchanged", JSON(counts.unchanged))])
    }

    static func steps(_ plan: Plan) -> JSON { .array(plan.steps.map(step)) }

    private static func step(_ step: Plan.Step) -> JSON {
        let (body, changes, forcing): (JSON?, [PropertyChange]?, [PropertyPath]?) =
            switch step.action {
            case .create(let body): (JSON(body), nil, nil)
            case .update(let changes): (nil, changes, nil)
            case .replace(let changes, let forcing): (nil, changes, forcing)
            case .delete: (nil, nil, nil)
            }
        return .compact([
            "id": .string(step.id),
            "type": .string(step.type.rawValue),
            "node": step.node.map { .string($0.name) },
            "action": .string(PlannedChange(step.action).rawValue),
            "because": forcing.map { .array($0.map { .string($0.description) }) },
            "body": body,
            "properties": changes.map { .array($0.map { JSON($0.concealed) }) },
            "cause": step.cause.map { .string($0) },
        ])
    }
}
