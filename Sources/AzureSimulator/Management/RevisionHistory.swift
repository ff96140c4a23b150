import HTTPTypes
import JSONText

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The revisions of a container app: each change of its template makes one.
///
/// Source: learn.microsoft.com/azure/container-apps/revisions
struct RevisionHistory: Sendable {
    struct Revision: Sendable {
        let name: String
        let template: JSON
        let createdAt: Date
        /// When it has started; a broken one never does.
        let readyAt: Date
        var isActive = true

        func isReady(at now: Date) -> Bool { readyAt <= now }

        /// Whether its containers end as soon as they begin, again and again.
        var isBroken: Bool { readyAt == .distantFuture }
    }

    /// The oldest first.
    private(set) var all: [Revision] = []

    /// How many are kept.
    ///
    /// Source: learn.microsoft.com/azure/container-apps/revisions (`maxInactiveRevisions`)
    private static let limit = 100

    mutating func add(_ revision: Revision, isSingle: Bool) {
        if isSingle { for index in all.indices { all[index].isActive = false } }
        all.append(revision)
        if all.count > Self.limit { all.removeFirst() }
    }

    mutating func setActive(_ name: String, _ isActive: Bool) -> Bool {
        guard let index = all.firstIndex(where: { $0.name == name }) else { return false }
        all[index].isActive = isActive
        return true
    }
}

extension SimulatedAzure {
    /// How long containers take to answer their probes.
    private static let startTime = Duration.seconds(50)

    mutating func addRevision(of app: Resource, at now: Date) {
        let template = app.body.value(at: "properties.template") ?? [:]
        var history = revisions[app.key] ?? RevisionHistory()
        guard history.all.last?.template != template else { return }
        let images = template["containers"]?.array?.compactMap { $0["image"]?.string } ?? []
        let isBroken = images.contains { image in
            configuration.brokenImages.contains { image == $0 || image.hasSuffix("/\($0)") }
        }
        let suffix = template["revisionSuffix"]?.string ?? ""
        let name = "\(app.name)--\(suffix.isEmpty ? source.digits(7) : suffix)"
        let ready = isBroken ? Date.distantFuture : now.addingTimeInterval(paced(Self.startTime))
        let mode = app.body.value(at: "properties.configuration.activeRevisionsMode")
        let revision = RevisionHistory.Revision(name: name, template: template, createdAt: now, readyAt: ready)
        history.add(revision, isSingle: mode == "Single")
        revisions[app.key] = history
        if revision.isBroken { _ = write("The program ends at once.", as: app.key, replica: 0, at: now) }
    }

    /// Lists revisions, shows one, or does something with one.
    mutating func revisionAnswer(_ app: Resource, _ path: [String], _ call: Call) throws(Refusal) -> AzureResponse {
        let method = call.request.method
        let history = revisions[app.key] ?? RevisionHistory()
        try authorize("\(app.facts.name)/revisions/\(method == .get ? "read" : "write")", on: app.key, call)
        guard let name = path.first else { return page(history.all.map { view($0, of: app, call) }, call) }
        guard let revision = history.all.first(where: { $0.name == name }) else {
            throw .notFound("RevisionNotFound", "The revision '\(name)' of '\(app.name)' does not exist.")
        }
        switch (method, path.dropFirst().first?.lowercased()) {
        case (.get, nil): return AzureResponse(.ok, json: view(revision, of: app, call))
        case (.get, "replicas"):
            return try replicaAnswer(revision, of: app, named: path.dropFirst(2).first, call)
        case (.post, "activate"): _ = revisions[app.key]?.setActive(name, true)
        case (.post, "deactivate"): _ = revisions[app.key]?.setActive(name, false)
        case (.post, "restart"): break
        default: throw .methodNotAllowed(method, "revisions")
        }
        noteWrite(app.key, below: [app.identifier.holder], until: call.now, call)
        return AzureResponse(.ok)
    }

    private func view(_ revision: RevisionHistory.Revision, of app: Resource, _ call: Call) -> JSON {
        let isReady = revision.isReady(at: call.now)
        // One that does not answer is called unhealthy after its time.
        let patience = revision.createdAt.addingTimeInterval(2 * paced(Self.startTime))
        let isFailed = !isReady && call.now >= patience
        let replicas = replicaCount(of: revision, of: app, at: call.now)
        let running = isReady ? (replicas == 0 ? "ScaledToZero" : "Running") : isFailed ? "Failed" : "Activating"
        return [
            "id": .string("\(app.identifier)/revisions/\(revision.name)"), "name": .string(revision.name),
            "type": "Microsoft.App/containerApps/revisions",
            "properties": [
                "createdTime": .string(revision.createdAt.formatted(.iso8601)), "template": revision.template,
                "active": .bool(revision.isActive), "replicas": JSON(replicas),
                "trafficWeight": revision.isActive ? 100 : 0,
                "healthState": isReady ? "Healthy" : isFailed ? "Unhealthy" : "None",
                "provisioningState": isReady ? "Provisioned" : isFailed ? "Failed" : "Provisioning",
                "runningState": .string(revision.isActive ? running : "Stopped"),
            ],
        ]
    }
}
