import JSONText
import Planning
import Renderers
import StackGraph

/// What somebody changed outside of deployments, for people.
struct DriftView {
    let palette: Palette

    func lines(_ drift: Drift) -> [String] {
        guard !drift.isEmpty else { return ["Nothing has changed since the last deployment."] }
        let words = PropertyWords(values: ValueText(limit: 80))
        let changes = drift.resources.flatMap { resource -> [ChangeLine] in
            let name = ResourceName(id: resource.id, type: resource.type, node: resource.node?.name).description
            return switch resource.event {
            case .gone: [ChangeLine(mark: .removed, depth: 0, text: "\(name) is gone")]
            case .changed(let changes): [ChangeLine(mark: .changed, depth: 0, text: name)] + changes.map(words.line)
            }
        }
        let strangers = drift.strangers.map { id in
            ChangeLine(mark: .added, depth: 0, text: "\(ResourceName(id: id)) was made by others, and is left alone")
        }
        return (changes + strangers).map { palette.paint($0, indent: 0) } + ["", count(drift)]
    }

    private func count(_ drift: Drift) -> String {
        let gone = drift.resources.count { $0.event == .gone }
        return "Drift: \(gone) gone, \(drift.resources.count - gone) changed, \(drift.strangers.count) made by others."
    }
}

/// What somebody changed outside of deployments, for programs.
///
/// Each of `resources` has an `id`, a `type`, the `node` of the stack where there is one, and an `event`: `gone`, or
/// `changed` with its `properties`; `others` are the identifiers of what stands below them and is nobody's of the stack.
enum DriftJSON {
    static let version = 1

    static func document(_ drift: Drift) -> JSON {
        [
            "version": JSON(version), "resources": .array(drift.resources.map(resource)),
            "others": .array(drift.strangers.map { .string($0) }),
        ]
    }

    private static func resource(_ resource: Drift.ResourceDrift) -> JSON {
        let (event, properties): (String, JSON?) =
            switch resource.event {
            case .gone: ("gone", nil)
            case .changed(let changes): ("changed", .array(changes.map { JSON($0) }))
            }
        return .compact([
            "id": .string(resource.id), "type": .string(resource.type.rawValue),
            "node": resource.node.map { .string($0.name) }, "event": .string(event), "properties": properties,
        ])
    }
}
