import Azure
import JSONText
import Planning
import Renderers
import Settings

/// Waits until the newest revision of a container app serves.
///
/// Azure calls a write of an app done before the revision that it makes has started. Until that is ready, the one
/// before goes on serving.
///
/// Source: learn.microsoft.com/azure/container-apps/revisions#revision-lifecycle
struct RevisionWatch: Sendable {
    /// Pulling a large image and starting it, with time to spare.
    private static let budget = Duration.seconds(10 * 60)
    private static let logLines = 20

    let session: AzureSession
    /// What must be in no line of a log that is shown.
    let secrets: [SecretValue]
    let report: @Sendable (DeploymentEvent) -> Void

    /// Waits.
    ///
    /// - Parameters:
    ///   - app: The app.
    ///   - document: What Azure told of it last.
    /// - Returns: What Azure tells of it when it is ready.
    /// - Throws: ``Planning/DeploymentProblem`` where it does not become ready, errors of Azure.
    func ready(_ app: ResourceIdentifier, _ document: JSON) async throws -> JSON {
        let elapsed = session.connection.time.stopwatch()
        var pace = PollingPace()
        pace.first = .seconds(2)
        pace.longest = .seconds(10)
        var document = document
        var look = 0
        while !document.runsNewestRevision {
            let name = document["properties"]?["latestRevisionName"]?.string ?? ""
            let revision = try await revision(name, of: app)
            if revision?.hasFailed == true {
                throw try await problem(of: name, in: app, document, "The revision \(name) has failed to start.")
            }
            guard elapsed() < Self.budget else {
                let minutes = Self.budget.components.seconds / 60
                let words = "The revision \(name) is not ready after \(minutes) minutes."
                throw try await problem(of: name, in: app, document, words)
            }
            let pause = pace.wait(before: look)
            report(.waiting(StepContext.resource, pause, because: "the new revision starts"))
            try await session.connection.time.pause(for: pause)
            look += 1
            document = try await session.plane.get(app, apiVersion: ResourceType.containerApp.apiVersion) ?? document
        }
        return document
    }

    private func revision(_ name: String, of app: ResourceIdentifier) async throws -> JSON? {
        guard let id = app.child("revisions", name) else { return nil }
        return try await session.plane.get(id, apiVersion: ResourceType.containerApp.apiVersion)
    }

    private func problem(
        of revision: String,
        in app: ResourceIdentifier,
        _ document: JSON,
        _ words: String
    ) async throws -> DeploymentProblem {
        let older = document["properties"]?["latestReadyRevisionName"]?.string
        let serving = older.map { " \($0) goes on serving." } ?? " Nothing serves."
        return DeploymentProblem(
            code: "RevisionNotReady",
            message: words + serving,
            request: "GET \(app)/revisions/\(revision)",
            remedy:
                "Mend what its log says, or go back with `infra rollback`; run the command again to wait once more.",
            log: try await log(of: revision, in: app, document)
        )
    }

    /// The last lines that a revision has written; none where they cannot be had, which is no news of its own.
    private func log(of revision: String, in app: ResourceIdentifier, _ document: JSON) async throws -> [String] {
        guard let console = AppConsole(of: app, document, in: session) else { return [] }
        var lines: [String] = []
        do {
            for source in try await console.sources() where source.revision == revision {
                var cursor = ConsoleCursor()
                try await console.read(source, lines: Self.logLines, cursor: &cursor, follows: false) {
                    lines.append($0)
                }
            }
        } catch is AzureError {}
        let redaction = Redaction(secrets)
        return lines.suffix(Self.logLines).map { redaction.apply(to: $0) }
    }
}

extension JSON {
    /// Whether a container app, as Azure shows it, runs what it was given last; true of all other resources.
    var runsNewestRevision: Bool {
        guard let newest = self["properties"]?["latestRevisionName"]?.string, !newest.isEmpty else { return true }
        return self["properties"]?["latestReadyRevisionName"]?.string == newest
    }

    /// Whether a revision does not start, as Azure shows it.
    ///
    /// Source: learn.microsoft.com/azure/container-apps/revisions#revision-provisioning-status
    fileprivate var hasFailed: Bool {
        let properties = self["properties"]
        return properties?["provisioningState"]?.string == "Failed" || properties?["runningState"]?.string == "Failed"
    }
}
