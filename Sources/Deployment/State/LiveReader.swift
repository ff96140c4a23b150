package import Azure
package import JSONText
package import Planning
package import Renderers

/// Reads many resources at once, as they are now.
package struct LiveReader: Sendable {
    /// How many requests are under way at a time; the token bucket of a subscription holds 250.
    ///
    /// Source: learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling
    private static let width = 40

    private let plane: ManagementPlane

    package init(_ plane: ManagementPlane) {
        self.plane = plane
    }

    /// The resources that are there.
    ///
    /// - Parameter wanted: Identifiers, and the types in whose versions they are read.
    /// - Returns: What Azure shows, by identifier; what is not there is left out.
    /// - Throws: ``Azure/AzureError``, ``Azure/CredentialError``, `CancellationError`.
    package func read(_ wanted: [String: ResourceType]) async throws -> LiveResources {
        let documents = try await wanted.concurrentMap(atMost: Self.width) { id, type in
            (id, try await read(id, type))
        }
        return documents.reduce(into: LiveResources()) { $0[$1.0] = $1.1 }
    }

    package func read(_ id: String, _ type: ResourceType) async throws -> JSON? {
        guard let identifier = ResourceIdentifier(id) else { return nil }
        guard type == .siteSettings else { return try await plane.get(identifier, apiVersion: type.apiVersion) }
        // Source: learn.microsoft.com/rest/api/appservice/web-apps/list-application-settings
        do {
            return try await plane.post("list", to: identifier, apiVersion: type.apiVersion, isRepeatable: true)
        } catch let error as AzureError where error.isMissing {
            return nil
        }
    }
}

/// Resources as Azure showed them last, by identifier in any capitals.
package struct LiveResources: Sendable {
    private var documents: [String: JSON] = [:]

    package init() {}

    package subscript(id: String) -> JSON? {
        get { documents[id.lowercased()] }
        set { documents[id.lowercased()] = newValue }
    }

    /// Whether something is under way with it.
    package func isInMotion(_ id: String) -> Bool { OperationState(ofResource: self[id]) == .running }

    /// Whether its last operation ended otherwise than well.
    package func hasFailed(_ id: String) -> Bool {
        if case .ended = OperationState(ofResource: self[id]) { true } else { false }
    }

    /// The newest revision of a container app, where it does not serve.
    func unreadyRevision(of id: String) -> String? {
        guard let app = self[id], !app.runsNewestRevision else { return nil }
        return app["properties"]?["latestRevisionName"]?.string
    }

    /// The resources as values of properties.
    package var values: [String: Value] { documents.mapValues { Value($0) } }

    package mutating func merge(_ other: LiveResources) {
        documents.merge(other.documents) { _, new in new }
    }

    /// A property of a resource that is there, by its path below `properties`.
    package func property(_ path: [String], of id: String) -> JSON? {
        path.reduce(self[id]?["properties"]) { $0?[$1] }
    }
}
