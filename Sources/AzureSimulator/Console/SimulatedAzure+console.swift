import HTTPTypes
import JSONText
import Renderers

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

// What containers write, as a stream, and the tokens that it takes.
//
// Source: azure-cli `containerapp/_ssh_utils.py` and `custom.py` (`stream_containerapp_logs`)

extension SimulatedAzure {
    /// Where streams are: `https://westeurope.azurecontainerapps.dev`.
    func consoleOrigin(of resource: Resource, _ call: Call) -> String {
        switch configuration.addresses {
        case .onLoopback: "\(call.request.origin)/console"
        case .asInAzure: "https://\(resource.region ?? "westeurope").azurecontainerapps.dev"
        }
    }

    func consolePath(of resource: Resource) -> String {
        let place = Place(resource.identifier.scope)
        let scope = "/subscriptions/\(place.subscription ?? "")/resourceGroups/\(place.group ?? "")"
        return "\(scope)/\(resource.identifier.pairs.first?.type ?? "")/\(resource.name)"
    }

    // MARK: Tokens

    private static let tokenLifetime = Duration.seconds(3600)

    private static func audience(_ key: String) -> String { "console:\(key)" }

    /// A token for the streams of one app, or of all apps of an environment.
    ///
    /// Source: learn.microsoft.com/rest/api/resource-manager/containerapps/container-apps/get-auth-token
    func consoleToken(for resource: Resource, _ call: Call) -> AzureResponse {
        let end = call.now.addingTimeInterval(Self.tokenLifetime.inSeconds)
        var token = call.caller
        token.audience = Self.audience(resource.key)
        token.issuedAt = call.now
        token.expiresAt = end
        let properties: JSON = [
            "token": .string(issuer.text(token)), "expires": .string(end.formatted(.iso8601)),
        ]
        return AzureResponse(
            .ok,
            json: [
                "id": .string(resource.identifier.description), "name": .string(resource.name),
                "type": .string("\(resource.facts.name)/accesstoken"), "properties": properties,
            ]
        )
    }

    private func isAdmitted(_ request: AzureRequest, to app: Resource, at now: Date) -> Bool {
        let words = request.headers[.authorization]?.split(separator: " ", maxSplits: 1) ?? []
        guard words.count == 2, words[0].lowercased() == "bearer", let token = issuer.token(String(words[1])) else {
            return false
        }
        let properties = app.body["properties"]
        let environment = (properties?["environmentId"] ?? properties?["managedEnvironmentId"])?.string ?? ""
        let audiences = [app.key, environment.lowercased()].map(Self.audience)
        return token.expiresAt > now && audiences.contains(token.audience)
    }

    // MARK: Streams

    /// `…/containerApps/chat/revisions/chat--1/replicas/chat--1-2/containers/chat/logstream`.
    func consoleAnswer(_ request: AzureRequest, _ path: [String], at now: Date) -> AzureResponse {
        let words = path.map { $0.lowercased() }
        guard request.method == .get, words.count == 13, words[12] == "logstream",
            [0, 2, 4, 6, 8, 10].map({ words[$0] })
                == ["subscriptions", "resourcegroups", "containerapps", "revisions", "replicas", "containers"]
        else { return AzureResponse(.notFound) }
        let scope = "/subscriptions/\(path[1])/resourceGroups/\(path[3])"
        let key = "\(scope)/providers/\(ResourceType.containerApp.rawValue)/\(path[5])".lowercased()
        guard let app = store[key] else { return AzureResponse(.notFound) }
        guard isAdmitted(request, to: app, at: now) else { return AzureResponse(.unauthorized) }
        guard let revision = revisions[key]?.all.first(where: { $0.name.lowercased() == words[7] }),
            replicas(of: revision, of: app, at: now).contains(where: { $0.lowercased() == words[9] })
        else { return AzureResponse(.notFound) }
        let count = request.query("tailLines").map { Int($0) ?? -1 } ?? 0
        guard let form = ConsoleLogs.Line.Form(rawValue: request.query("output") ?? "text"), (0...300).contains(count)
        else { return AzureResponse(.badRequest) }
        let console = words[5...11].joined(separator: "/") + key
        var response = AzureResponse(
            .ok,
            headers: [.contentType: "text/plain"],
            body: consoles.last(count, of: console).flatMap { $0.bytes(form) }
        )
        if request.query("follow")?.lowercased() == "true" {
            response.followed = FollowedConsole(name: console, form: form)
        }
        return response
    }

    /// Lets a container of the newest revision write a line.
    ///
    /// - Parameters:
    ///   - text: The line.
    ///   - identifier: The app.
    ///   - replica: Which of its replicas.
    ///   - now: When.
    /// - Returns: The console that the line is on; `nil` where there is no such replica.
    mutating func write(
        _ text: String,
        as identifier: String,
        replica: Int,
        at now: Date
    ) -> (name: String, line: ConsoleLogs.Line)? {
        guard let app = store[identifier.lowercased()], let revision = revisions[app.key]?.all.last else { return nil }
        let replicas = replicas(of: revision, of: app, at: now)
        guard replicas.indices.contains(replica),
            let container = revision.template["containers"]?.array?.first?["name"]?.string
        else { return nil }
        let path = [app.name, "revisions", revision.name, "replicas", replicas[replica], "containers", container]
        let console = path.joined(separator: "/").lowercased() + app.key
        let line = ConsoleLogs.Line(at: now, text: text)
        consoles.add(line, to: console)
        return (console, line)
    }
}

/// A console whose new lines the client wants, too.
struct FollowedConsole: Sendable, Hashable {
    var name: String
    var form: ConsoleLogs.Line.Form
}
