public import StackGraph

/// A named set of resources.
///
/// Resources are plain values; the list at the end is the inventory. What one resource mentions of another becomes an
/// edge of the graph and a grant, so that neither is written by hand.
public struct Stack: Sendable {
    public let name: String
    public let version: String
    public let redundancy: Redundancy
    public let resources: [any Resource]

    /// Describes a stack.
    ///
    /// - Parameters:
    ///   - name: The name of the stack, its stage included.
    ///   - version: The version of the programs that it runs, as images are tagged.
    ///   - redundancy: How much of a region may fail before the stack does.
    ///   - resources: What it consists of.
    public init(
        _ name: String,
        version: String = "0.1.0",
        redundancy: Redundancy = .singleZone,
        _ resources: [any Resource]
    ) {
        self.name = name
        self.version = version
        self.redundancy = redundancy
        self.resources = resources
    }

    /// Lowers the stack to its graph.
    ///
    /// - Throws: `StackError` with everything that is wrong with the stack, not just the first thing.
    public func lowered() throws(StackError) -> Graph {
        let declarations = resources.map(\.declaration)
        let graph = Graph(
            name: name,
            version: version,
            redundancy: redundancy,
            nodes: Self.withSecrets(declarations.map(\.node))
        )
        let problems =
            declarations.flatMap(\.problems) + graph.namingProblems + graph.referenceProblems + graph.settingProblems
            + graph.secretProblems + graph.cycles.map { .cycle($0) }
        guard problems.isEmpty else { throw StackError(problems: problems) }
        return graph
    }

    /// Fills each secret store with the secrets that others refer to.
    private static func withSecrets(_ nodes: [Node]) -> [Node] {
        var secrets: [ResourceID: Set<SecretNode>] = [:]
        for reference in nodes.flatMap(\.secretReferences) {
            secrets[reference.store, default: []].insert(reference.secret)
        }
        return nodes.map { node in
            guard case .secretStore = node.kind else { return node }
            let sorted = (secrets[node.id] ?? []).sorted { $0.name < $1.name }
            return Node(
                id: node.id,
                kind: .secretStore(SecretStoreNode(secrets: sorted)),
                isProtected: node.isProtected
            )
        }
    }
}

/// A stack as a program: one description for every stage.
public protocol StackDefinition: Sendable {
    /// The stages, an exhaustive enum, so that a choice that depends on the stage is a `switch` without a `default`.
    associatedtype Stage: CaseIterable & RawRepresentable<String> & Sendable

    init(stage: Stage)
    var stack: Stack { get }
}
