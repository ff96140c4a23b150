import HTTPTypes
import JSONText
import Renderers

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

// Where function apps take their packages: One Deploy, as it is on Flex Consumption.
//
// Sources: azure-cli `appservice/custom.py` (`upload_zip_to_functionapp`, `_check_zip_deployment_status`),
// azure-functions-core-tools `PublishFunctionAppAction.cs`, learn.microsoft.com/azure/azure-functions/functions-deployment-technologies

extension SimulatedAzure {
    private static let pendingTime = Duration.seconds(2)
    private static let deploymentTime = Duration.seconds(20)

    mutating func deploymentAnswer(
        _ request: AzureRequest,
        site name: String,
        _ path: [String],
        at now: Date
    ) -> AzureResponse {
        guard let site = liveSite(name) else { return .unknownHost }
        do throws(Refusal) {
            let caller = try signedIn(request, to: .management, at: now)
            let action = "Microsoft.Web/sites/publish/action"
            guard access.allows(.management(action), by: caller.objectID, on: site.key, at: now) else {
                throw Refusal(.forbidden, "Forbidden", "The caller may not publish to '\(site.name)'.")
            }
            let words = path.map { $0.lowercased() }
            switch (request.method, words.count) {
            case (.post, 2) where words == ["api", "publish"]: return try publish(request, to: site, at: now)
            case (.get, 3) where words.starts(with: ["api", "deployments"]):
                return try tell(try deployment(path[2], of: site), at: now)
            case (.get, 4) where words.starts(with: ["api", "deployments"]) && words[3] == "log":
                return log(of: try deployment(path[2], of: site), at: now)
            default: throw .notFound("NotFound", "There is nothing at '\(request.path)'.")
            }
        } catch {
            return error.publishingResponse
        }
    }

    /// A site that has an address; nobody has heard of that of a site which is being made.
    private func liveSite(_ name: String) -> Resource? {
        store.resource(ResourceType.site.rawValue, named: name).flatMap { $0.state == .creating ? nil : $0 }
    }

    // MARK: Publishing

    private mutating func publish(
        _ request: AzureRequest,
        to site: Resource,
        at now: Date
    ) throws(Refusal) -> AzureResponse {
        guard request.header("content-type")?.lowercased() == "application/zip" else {
            throw Refusal(.unsupportedMediaType, "UnsupportedMediaType", "The content type must be application/zip.")
        }
        guard site.body.value(at: "properties.functionAppConfig.deployment.storage.value") != nil else {
            throw .badRequest("BadRequest", "The site has no deployment storage: it is not on Flex Consumption.")
        }
        guard request.query("RemoteBuild")?.lowercased() ?? "false" == "false" else {
            throw .badRequest("BadRequest", "A custom handler cannot be built remotely.")
        }
        if let last = packages[site.key]?.all.last, now < last.endsAt {
            throw .conflict(
                "Conflict",
                "There is a deployment currently in progress. Please try again when it completes."
            )
        }
        let outcome: Result<PublishedFunctions, Archive.Flaw>
        do throws(Archive.Flaw) {
            let archive = try Archive(request.body)
            outcome = Result { () throws(Archive.Flaw) in try PublishedFunctions(archive) }
        } catch {
            throw .badRequest("BadRequest", "The request body is no zip archive: \(error.text)")
        }
        return accept(request, outcome, to: site, at: now)
    }

    private mutating func accept(
        _ request: AzureRequest,
        _ outcome: Result<PublishedFunctions, Archive.Flaw>,
        to site: Resource,
        at now: Date
    ) -> AzureResponse {
        let isUnlucky = faults.operationFails()
        let start = now.addingTimeInterval(paced(Self.pendingTime))
        let deployment = SitePackages.Deployment(
            id: source.guid(),
            deployer: request.query("Deployer") ?? "",
            fingerprint: Journal.fingerprint(of: request.body),
            receivedAt: now,
            startsAt: start,
            endsAt: start.addingTimeInterval(paced(Self.deploymentTime * faults.slowness())),
            outcome: isUnlucky ? .failure(Archive.Flaw("The deployment storage did not answer.")) : outcome
        )
        packages[site.key, default: SitePackages()].add(deployment)
        let key = "\(site.key)/package"
        written.append(key)
        journal.noteWrite(of: key, below: [site.key], from: now, to: deployment.endsAt)
        return AzureResponse(.accepted, json: .string(deployment.id))
    }

    // MARK: Deployments

    private func deployment(_ id: String, of site: Resource) throws(Refusal) -> SitePackages.Deployment {
        guard let deployment = packages[site.key]?[id] else {
            throw .notFound("NotFound", "Deployment '\(id)' not found.")
        }
        return deployment
    }

    private func tell(_ deployment: SitePackages.Deployment, at now: Date) throws(Refusal) -> AzureResponse {
        let state = deployment.state(at: now)
        let isOver = state == .failed || state == .succeeded
        return AzureResponse(
            isOver ? .ok : .accepted,
            json: [
                "id": .string(deployment.id), "status": JSON(state.rawValue),
                "status_text": "", "deployer": .string(deployment.deployer), "author": "N/A",
                "message": "Created via a push deployment", "progress": "",
                "received_time": .string(deployment.receivedAt.formatted(.iso8601)),
                "end_time": isOver ? .string(deployment.endsAt.formatted(.iso8601)) : .null,
                "complete": .bool(isOver), "active": .bool(state == .succeeded),
            ]
        )
    }

    private func log(of deployment: SitePackages.Deployment, at now: Date) -> AzureResponse {
        var lines = ["Received a package."]
        if now >= deployment.startsAt { lines.append("[Kudu-ValidationStep] starting.") }
        if now >= deployment.endsAt {
            switch deployment.outcome {
            case .success(let functions): lines.append("Deployed \(functions.names.count) functions.")
            case .failure(let flaw): lines += [flaw.text, "Deployment Failed."]
            }
        }
        let entries = lines.enumerated().map { index, line -> JSON in
            [
                "log_time": .string(deployment.receivedAt.formatted(.iso8601)), "id": .string("\(index)"),
                "message": .string(line), "type": 0, "details_url": .null,
            ]
        }
        return AzureResponse(.ok, json: .array(entries))
    }

    // MARK: The app itself

    /// How long the host takes to start with a new package.
    private static let startTime = Duration.seconds(8)

    /// What somebody hears who calls the app: whether there is a function that takes the request.
    ///
    /// Source: azure-functions-host `FunctionsHost` middleware, for what is said while it starts (from memory)
    func websiteAnswer(_ request: AzureRequest, site name: String, _ path: [String], at now: Date) -> AzureResponse {
        guard let site = liveSite(name) else { return .unknownHost }
        guard let serving = packages[site.key]?.serving(at: now), let functions = try? serving.outcome.get(),
            now >= serving.endsAt.addingTimeInterval(paced(Self.startTime))
        else { return AzureResponse(.serviceUnavailable, body: Array("Function host is not running.".utf8)) }
        let isKnown = path.isEmpty || functions.take(request.method.rawValue, path)
        var response = AzureResponse(isKnown ? .ok : .notFound)
        response.headers.set("x-simulated-package", serving.fingerprint)
        return response
    }

    /// The fingerprint of the package that a site runs, as the journal makes them; `nil` where it has none.
    func servingPackage(of identifier: String, at now: Date) -> String? {
        packages[identifier.lowercased()]?.serving(at: now)?.fingerprint
    }
}

extension AzureResponse {
    /// Nobody has heard of the host name, so that no connection is made at all.
    fileprivate static var unknownHost: AzureResponse {
        var response = AzureResponse(.serviceUnavailable)
        response.delivery = .dropped
        return response
    }
}

extension Refusal {
    /// How the deployment service refuses: a message, and no code.
    var publishingResponse: AzureResponse {
        AzureResponse(status, headers: headers, json: ["Message": .string(message)])
    }
}
