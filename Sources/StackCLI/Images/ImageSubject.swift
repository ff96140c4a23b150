import Images
import JSONText
import Renderers
import StackGraph

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What an image of the stack is called, and which program it holds.
struct ImageSubject: Sendable, Hashable {
    /// The executable product: `ChatAPI`.
    let executable: String
    let repository: String
    let tag: String
    /// The port that its container listens on; `nil` where nobody calls it.
    let port: Int?

    /// Finds what somebody means.
    ///
    /// - Parameters:
    ///   - name: An app of the stack, the program of one, or the program of the broker.
    ///   - graph: The stack.
    /// - Throws: ``Failure`` with what there is instead.
    init(named name: String, in graph: Graph) throws(Failure) {
        let subjects = graph.nodes.compactMap { node in Self(node, version: graph.version).map { (node.id.name, $0) } }
        guard
            let found = (subjects + [(BrokerProgram.executable, Self.broker(graph.version))])
                .first(where: { $0.0 == name || $0.1.executable == name })?.1
        else {
            throw Failure(
                "The stack has no app '\(name.withoutControls)'.",
                "There are: \((subjects.map(\.0) + [BrokerProgram.executable]).joined(separator: ", ")).",
                code: 64
            )
        }
        // Apps that share an image share what it says.
        let sharing = subjects.map(\.1).filter { $0.repository == found.repository && $0.tag == found.tag }
        self.init(
            executable: found.executable,
            repository: found.repository,
            tag: found.tag,
            port: found.port ?? sharing.lazy.compactMap(\.port).first
        )
    }

    private init(executable: String, repository: String, tag: String, port: Int?) {
        self.executable = executable
        self.repository = repository
        self.tag = tag
        self.port = port
    }

    private init?(_ node: Node, version: String) {
        switch node.kind {
        case .containerApp(let app):
            self.init(
                executable: app.service.executable,
                repository: app.image.repository,
                tag: app.image.tag,
                port: app.port
            )
        case .functionApp(let app):
            self.init(
                executable: app.service.executable,
                repository: app.service.imageRepository,
                tag: version,
                port: MachinePorts.functionApps
            )
        case .cache, .database, .modelDeployment, .queue, .registry, .secretStore, .storage, .subscription, .telemetry,
            .topic:
            return nil
        }
    }

    /// What stands in for Azure Service Bus where there is none.
    private static func broker(_ version: String) -> ImageSubject {
        ImageSubject(
            executable: BrokerProgram.executable,
            repository: BrokerProgram.executable,
            tag: version,
            port: BrokerProgram.port
        )
    }

    /// What goes into the image.
    ///
    /// - Parameters:
    ///   - path: The program on this machine.
    ///   - certificates: The certificates of authorities that it trusts.
    ///   - architecture: The machines that it is for.
    ///   - version: The version of the stack.
    ///   - tag: The tag, where it is not the stack's.
    /// - Returns: The recipe, with the packages that this folder's package was resolved to.
    func recipe(
        program path: String,
        certificates: String,
        architecture: Architecture = .amd64,
        version: String,
        tag: String? = nil
    ) -> ImageRecipe {
        var recipe = ImageRecipe(
            program: executable,
            path: path,
            certificates: certificates,
            architecture: architecture,
            title: repository,
            version: version,
            tag: tag ?? self.tag,
            port: port
        )
        let resolved = FileManager.default.contents(atPath: "Package.resolved")
        recipe.packages = resolved.flatMap { try? JSON(parsing: $0) }.map(PackagePin.pins) ?? []
        return recipe
    }

    /// Where its layout is kept where nobody says otherwise.
    var folder: String { ".slipway/images/\(repository)" }
}
