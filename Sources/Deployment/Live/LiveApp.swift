import Azure
import JSONText
import Renderers
package import StackGraph

/// A container app or function app of a stack, as it runs.
package struct LiveApp: Sendable, Hashable {
    package let node: ResourceID
    package let address: String?
    /// How far its creation or last change is.
    package let state: String
    /// The revisions that take requests or messages; empty for a function app, which has none.
    package let revisions: [Revision]
    package let isContainerApp: Bool

    package struct Revision: Sendable, Hashable {
        package let name: String
        package let replicas: Int
        /// `Healthy`, `Unhealthy` or `None`.
        package let health: String
        /// `Running`, `ScaledToZero`, `Activating`, `Failed` and more.
        package let running: String
    }

    package var replicas: Int { revisions.reduce(0) { $0 + $1.replicas } }
}

extension LiveStack {
    /// The apps that are there, with their revisions.
    ///
    /// - Throws: ``Azure/AzureError``, ``Azure/CredentialError``, `CancellationError`.
    package func apps(in session: AzureSession) async throws -> [LiveApp] {
        let plane = session.plane
        return try await resources.concurrentMap { resource -> LiveApp? in
            guard let node = resource.node, let document = resource.document else { return nil }
            switch resource.type {
            case .containerApp:
                let revisions = try await plane.list("revisions", in: resource.id, apiVersion: resource.type.apiVersion)
                return LiveApp(container: node, document, revisions: revisions)
            case .site: return LiveApp(site: node, document)
            default: return nil
            }
        }
        .compactMap(\.self)
    }
}

extension LiveApp {
    // Source: learn.microsoft.com/rest/api/resource-manager/containerapps/container-apps-revisions/list-revisions
    fileprivate init(container node: ResourceID, _ document: JSON, revisions: [JSON]) {
        let properties = document["properties"]
        let host = properties?["configuration"]?["ingress"]?["fqdn"]?.string
        self.init(
            node: node,
            address: host.map { "https://\($0)" },
            state: properties?["provisioningState"]?.string ?? "Succeeded",
            revisions: revisions.filter { $0["properties"]?["active"]?.bool ?? false }.map { Revision($0) },
            isContainerApp: true
        )
    }

    fileprivate init(site node: ResourceID, _ document: JSON) {
        let properties = document["properties"]
        self.init(
            node: node,
            address: properties?["defaultHostName"]?.string.map { "https://\($0)" },
            state: properties?["state"]?.string ?? "Running",
            revisions: [],
            isContainerApp: false
        )
    }
}

extension LiveApp.Revision {
    fileprivate init(_ document: JSON) {
        let properties = document["properties"]
        self.init(
            name: document["name"]?.string ?? "",
            replicas: properties?["replicas"]?.integer ?? 0,
            health: properties?["healthState"]?.string ?? "None",
            running: properties?["runningState"]?.string ?? "Unknown"
        )
    }
}
