import Deployment
import Packaging
import Renderers
import StackGraph

/// One function app of a deployed stack, on its way to a new package.
struct AppPublication: Sendable {
    let graph: Graph
    /// The app, by its name in the stack.
    let name: String
    /// Whether to publish though the app has the package already.
    var isForced = false

    /// Publishes a package, and tells on standard error how that goes.
    ///
    /// - Parameters:
    ///   - package: What to publish.
    ///   - template: The resources of the stack.
    ///   - session: Who publishes.
    /// - Returns: What came of it.
    /// - Throws: ``Failure`` where the app is not deployed; as ``Deployment/Publisher/publish(_:isForced:report:)``.
    func publish(_ package: PackageFile, of template: ARMTemplate, in session: AzureSession) async throws -> Publication
    {
        let live = try await LiveStack(reading: template, in: session) { resource in
            resource.type == .site && resource.node?.name == name && !resource.isExisting
        }
        guard let site = live.resources.first, let document = site.document, let app = graph.functionApp(name) else {
            throw Failure("'\(name)' is not deployed yet. Deploy the stack with `infra up --target azure`.")
        }
        let publisher = try Publisher(to: app, site.id, document, in: session)
        return try await publisher.publish(package, isForced: isForced) { event in
            Terminal.error.write(PublishingWords.sentence(for: event, of: name))
        }
    }
}

extension Graph {
    fileprivate func functionApp(_ name: String) -> FunctionAppNode? {
        nodes.lazy.compactMap { node in
            if case .functionApp(let app) = node.kind, node.id.name == name { app } else { nil }
        }.first
    }
}
