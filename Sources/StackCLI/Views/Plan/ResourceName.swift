import Planning
import Renderers
import StackGraph

/// What a person calls a resource: by the node of the stack that it belongs to, and by its type.
struct ResourceName: Sendable, Hashable, CustomStringConvertible {
    /// `api`, `vault/API-KEY`, `api on jobs`.
    let name: String
    /// `container app`; `nil` where only an identifier is known.
    let type: String?

    var description: String { type.map { "\(name) (\($0))" } ?? name }

    init(_ step: Plan.Step) {
        self.init(id: step.id, type: step.type, node: step.node?.name)
    }

    /// Names what is known by its identifier alone.
    init(id: String) {
        self.init(id: id, type: nil, node: nil)
    }

    init(id: String, type: ResourceType?, node: String?) {
        let path = ResourcePath(id)
        let own = path.name
        let words = type?.words
        switch (path.parent, node) {
        case (let parent?, _) where own.isIdentifier:
            // The name says nothing; whom it lets where does.
            self.name = [node, "on", parent.name].compactMap(\.self).joined(separator: " ").shown
            self.type = [words, String(own.prefix(8))].compactMap(\.self).joined(separator: " ")
            return
        case (_?, let node?): self.name = (own == node ? node : "\(node)/\(own)").shown
        case (let parent?, nil): self.name = "\(parent.name)/\(own)".shown
        case (nil, let node?): self.name = (own.hasPrefix(node) ? node : "\(node)/\(own)").shown
        case (nil, nil): self.name = (own.isEmpty ? id : own).shown
        }
        self.type = words
    }
}

extension String {
    /// Whether it has the form of a UUID: 32 hexadecimal digits and four hyphens.
    fileprivate var isIdentifier: Bool {
        utf8.count == 36 && allSatisfy { $0.isHexDigit || $0 == "-" }
    }

    /// A name is short, or it is no name.
    fileprivate var shown: String { ValueText(limit: 60).name(onOneLine) }
}

extension Plan {
    /// The names of its resources, by identifier.
    var names: ResourceNames { ResourceNames(steps) }
}

/// The names of resources, by identifier.
struct ResourceNames: Sendable {
    private let known: [String: ResourceName]

    init(_ steps: [Plan.Step] = []) {
        self.known = Dictionary(steps.map { ($0.id, ResourceName($0)) }) { first, _ in first }
    }

    subscript(id: String) -> ResourceName { known[id] ?? ResourceName(id: id) }
}
