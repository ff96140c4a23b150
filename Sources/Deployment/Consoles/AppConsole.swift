package import Azure
package import JSONText
import Renderers
import Settings

/// What the replicas of a container app write.
///
/// Source: azure-cli `containerapp/custom.py` (`stream_containerapp_logs`)
package struct AppConsole: Sendable {
    /// One container of one replica.
    package struct Source: Sendable, Hashable {
        package let revision: String
        package let replica: String
        package let container: String
        /// Whether it is the only container of its replica.
        package let isAlone: Bool

        /// What tells it from the others of the app: the end of the replica's name.
        package var label: String {
            let end = replica.split(separator: "-").last.map(String.init) ?? replica
            return isAlone ? end : "\(end)/\(container)"
        }
    }

    private static let version = ResourceType.containerApp.apiVersion

    private let session: AzureSession
    private let app: ResourceIdentifier
    private let base: WebAddress

    /// Finds the console of an app; `nil` where the app does not say where it is.
    ///
    /// - Parameters:
    ///   - app: Which.
    ///   - document: What Azure tells of it.
    ///   - session: Who reads.
    package init?(of app: ResourceIdentifier, _ document: JSON, in session: AzureSession) {
        guard let endpoint = document["properties"]?["eventStreamEndpoint"]?.string,
            let place = endpoint.firstRange(of: "/subscriptions/"),
            let base = WebAddress(String(endpoint[..<place.lowerBound]))
        else { return nil }
        self.session = session
        self.app = app
        self.base = base
    }

    /// The containers that run now.
    package func sources() async throws -> [Source] {
        let plane = session.plane
        let revisions = try await plane.list("revisions", in: app, apiVersion: Self.version)
        let running = revisions.filter { $0["properties"]?["active"]?.bool ?? false }
            .compactMap { $0["name"]?.string }
        return try await running.concurrentMap { [app] name in
            guard let revision = app.child("revisions", name) else { return [Source]() }
            let replicas = try await plane.list("replicas", in: revision, apiVersion: Self.version)
            return replicas.flatMap { Self.sources(of: $0, in: name) }
        }
        .flatMap(\.self)
    }

    private static func sources(of replica: JSON, in revision: String) -> [Source] {
        let containers = (replica["properties"]?["containers"]?.array ?? []).compactMap { $0["name"]?.string }
        guard let name = replica["name"]?.string else { return [] }
        return containers.map {
            Source(revision: revision, replica: name, container: $0, isAlone: containers.count == 1)
        }
    }

    /// Reads what a container has written, and what it writes from now on where it is followed.
    ///
    /// - Parameters:
    ///   - source: Which container.
    ///   - lines: How many old lines to begin with.
    ///   - cursor: What was seen of it.
    ///   - follows: Whether to go on until the stream ends.
    ///   - onLine: Is told each line that was not seen.
    /// - Throws: ``Azure/AzureError``, ``Azure/CredentialError``, `CancellationError`.
    func read(
        _ source: Source,
        lines: Int,
        cursor: inout ConsoleCursor,
        follows: Bool,
        onLine: (String) -> Void
    ) async throws {
        let answer = try await session.plane.post("getAuthtoken", to: app, apiVersion: Self.version, isRepeatable: true)
        guard let token = answer?["properties"]?["token"]?.string, let address = address(of: source) else { return }
        let stream = address.appending(
            path: "/logstream",
            query: [
                ("follow", follows ? "true" : "false"), ("tailLines", "\(min(cursor.backlog(first: lines), 300))"),
                ("output", "json"),
            ]
        )
        cursor.reopen()
        var seen = cursor
        defer { cursor = seen }
        try await session.connection.readLines(at: stream, token: SecretValue(token)) { text in
            let line = ConsoleLine(text)
            if seen.take(line) { onLine(line.text) }
        }
    }

    private func address(of source: Source) -> WebAddress? {
        let path =
            "/subscriptions/\(app.subscription ?? "")/resourceGroups/\(app.resourceGroup ?? "")/containerApps/\(app.name)"
        let more = "/revisions/\(source.revision)/replicas/\(source.replica)/containers/\(source.container)"
        guard let checked = ResourceIdentifier(path + more) else { return nil }
        return base.appending(path: checked.path)
    }
}
