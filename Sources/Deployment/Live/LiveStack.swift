package import Azure
package import JSONText
package import Planning
package import Renderers
package import StackGraph

/// The resources of a stack as they are in Azure.
package struct LiveStack: Sendable {
    /// One resource that the stack wants.
    package struct Resource: Sendable {
        package let symbol: Symbol
        package let id: ResourceIdentifier
        package let type: ResourceType
        /// The resource of the stack that it belongs to; `nil` for what the stack shares.
        package let node: ResourceID?
        /// What Azure tells; `nil` where there is none.
        package let document: JSON?

        /// How far its creation is: `Succeeded`; `nil` where it is not there.
        ///
        /// A type that tells no state is there when it is there.
        package var state: String? {
            document.map { $0["properties"]?["provisioningState"]?.string ?? "Succeeded" }
        }
    }

    /// In the order of the template.
    package let resources: [Resource]
    private let template: ARMTemplate
    private let scope: DeploymentScope

    /// Reads the resources of a stack.
    ///
    /// Those whose contents cannot be read, as the settings of sites, are left out.
    ///
    /// - Parameters:
    ///   - template: The stack.
    ///   - session: Who reads, and where.
    ///   - isWanted: Which resources.
    /// - Throws: ``Azure/AzureError``, ``Azure/CredentialError``, ``Planning/Unresolved``, `CancellationError`.
    package init(
        reading template: ARMTemplate,
        in session: AzureSession,
        where isWanted: (ARMResource) -> Bool = { !$0.isExisting }
    ) async throws {
        let resolver = ARMResolver(template, in: session.scope, parameters: [:]) { _, _ in nil }
        let wanted = try template.resources.filter { isWanted($0) && $0.type != .siteSettings }
            .compactMap { resource in
                ResourceIdentifier(try resolver.identifier(of: resource)).map { (resource, $0) }
            }
        let plane = session.plane
        let isDeployed = session.isDeployed
        self.resources = try await wanted.concurrentMap { resource, id in
            Resource(
                symbol: resource.symbol,
                id: id,
                type: resource.type,
                node: resource.node,
                document: isDeployed ? try await plane.get(id, apiVersion: resource.type.apiVersion) : nil
            )
        }
        self.template = template
        self.scope = session.scope
    }

    package subscript(symbol: Symbol) -> Resource? { resources.first { $0.symbol == symbol } }

    /// The facts that the template tells, as far as the resources that were read are there.
    package var outputs: [DeploymentOutput] {
        let documents = Dictionary(uniqueKeysWithValues: resources.map { ($0.symbol, $0.document) })
        let resolver = ARMResolver(template, in: scope, parameters: [:]) { symbol, path in
            path.reduce(documents[symbol]??["properties"]) { $0?[$1] }
        }
        var known = template
        // A name is known before there is anything that has it.
        known.outputs.removeAll { output in
            !output.value.mentions.allSatisfy { documents[$0].flatMap(\.self) != nil }
        }
        return known.outputs(by: resolver)
    }

    /// Whether the outputs need a resource.
    package static func isMentioned(in template: ARMTemplate) -> (ARMResource) -> Bool {
        let mentioned = Set(template.outputs.flatMap(\.value.mentions))
        return { mentioned.contains($0.symbol) }
    }
}
