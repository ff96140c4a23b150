import Azure
import JSONText
package import Planning

/// What was applied to a stack, version by version, kept in Azure as versions of a template spec.
///
/// The template spec names its newest version, so that reading takes two requests however many there are.
///
/// Source: learn.microsoft.com/rest/api/resources/template-spec-versions
package struct DeploymentLedger: Sendable {
    private static let apiVersion = "2022-02-01"

    private let session: AzureSession
    private let tags: JSON
    let id: ResourceIdentifier

    init(of stack: String, in session: AzureSession) throws(DeploymentError) {
        guard let id = session.group.resource("Microsoft.Resources", "templateSpecs", stack) else {
            throw .unsoundIdentifier(stack)
        }
        self.session = session
        self.tags = [StackTag.name: .string(stack)]
        self.id = id
    }

    /// The records that say what may be in effect: the last that was applied whole, and those begun after it.
    ///
    /// - Returns: The oldest first; none where nothing was ever applied.
    package func read() async throws -> [DeploymentRecord] {
        let spec = try await session.plane.get(id, apiVersion: Self.apiVersion)
        guard let newest = spec?["properties"]?["metadata"]?["newest"]?.integer else { return [] }
        guard let record = try await read(newest) else { return [] }
        var records = [record]
        for number in record.unfinished {
            if let earlier = try await read(number) { records.insert(earlier, at: records.count - 1) }
        }
        return records
    }

    /// One version; `nil` where there is none.
    package func read(_ number: Int) async throws -> DeploymentRecord? {
        guard let version = id.child("versions", String(number)),
            let document = try await session.plane.get(version, apiVersion: Self.apiVersion)
        else { return nil }
        return try DeploymentRecord(properties: document["properties"] ?? [:])
    }

    /// Writes a version down, and says that it is the newest.
    func write(_ record: DeploymentRecord) async throws {
        guard let version = id.child("versions", String(record.version)) else { return }
        let isNew = record.state == .applying
        if isNew, record.version == 1 { try await writeSpec(newest: nil) }
        let body: JSON = [
            "location": .string(session.scope.location), "tags": tags, "properties": try record.properties(),
        ]
        try await session.patiently { try await session.plane.put(version, body, apiVersion: Self.apiVersion) }
        if isNew { try await writeSpec(newest: record.version) }
    }

    private func writeSpec(newest: Int?) async throws {
        let metadata: JSON = newest.map { ["newest": JSON($0)] } ?? [:]
        let body: JSON = [
            "location": .string(session.scope.location), "tags": tags,
            "properties": ["description": "What was deployed of this stack, and when.", "metadata": metadata],
        ]
        try await session.patiently { try await session.plane.put(id, body, apiVersion: Self.apiVersion) }
    }

    func remove() async throws {
        try await session.plane.delete(id, apiVersion: Self.apiVersion)
    }
}
