import HTTPTypes
import JSONText
import Renderers

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

// The replicas of revisions, which come and go with the work.
//
// Source: learn.microsoft.com/rest/api/resource-manager/containerapps/container-apps-revision-replicas

extension SimulatedAzure {
    func replicaCount(of revision: RevisionHistory.Revision, of app: Resource, at now: Date) -> Int {
        guard revision.isActive, revision.isReady(at: now) else { return revision.isBroken ? 1 : 0 }
        let minimum = revision.template.value(at: "scale.minReplicas")?.integer ?? 0
        return replicaCounts[app.key] ?? minimum
    }

    /// Names of replicas: that of the revision and ten letters of its own.
    func replicas(of revision: RevisionHistory.Revision, of app: Resource, at now: Date) -> [String] {
        (0..<replicaCount(of: revision, of: app, at: now)).map { index in
            var source = SeededSource(seed: revision.name.utf8.reduce(UInt64(index)) { $0 &* 31 &+ UInt64($1) })
            return "\(revision.name)-\(source.digits(10))-\(source.digits(5))"
        }
    }

    func replicaAnswer(
        _ revision: RevisionHistory.Revision,
        of app: Resource,
        named name: String?,
        _ call: Call
    ) throws(Refusal) -> AzureResponse {
        guard call.request.method == .get else { throw .methodNotAllowed(call.request.method, "replicas") }
        let names = replicas(of: revision, of: app, at: call.now)
        guard let name else {
            // The contract of this list knows no pages.
            return AzureResponse(.ok, json: ["value": .array(names.map { view($0, revision, of: app, call) })])
        }
        guard names.contains(name) else {
            throw .notFound("ReplicaNotFound", "The replica '\(name)' of '\(revision.name)' does not exist.")
        }
        return AzureResponse(.ok, json: view(name, revision, of: app, call))
    }

    private func view(
        _ replica: String,
        _ revision: RevisionHistory.Revision,
        of app: Resource,
        _ call: Call
    ) -> JSON {
        let path = "\(consolePath(of: app))/revisions/\(revision.name)/replicas/\(replica)"
        let containers = (revision.template["containers"]?.array ?? []).map { container -> JSON in
            let name = container["name"]?.string ?? ""
            let address = "\(consoleOrigin(of: app, call))\(path)/containers/\(name)"
            return [
                "name": .string(name), "containerId": .string("containerd://\(replica)"), "ready": true,
                "started": true, "restartCount": 0, "runningState": "Running",
                "logStreamEndpoint": .string("\(address)/logstream"), "execEndpoint": .string("\(address)/exec"),
            ]
        }
        return [
            "id": .string("\(app.identifier)/revisions/\(revision.name)/replicas/\(replica)"),
            "name": .string(replica), "type": "Microsoft.App/containerApps/revisions/replicas",
            "properties": [
                "createdTime": .string(revision.readyAt.formatted(.iso8601)), "runningState": "Running",
                "runningStateDetails": "", "containers": .array(containers), "initContainers": [],
            ],
        ]
    }
}
