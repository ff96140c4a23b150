import AsyncHTTPClient
import AzureSimulator
import Foundation
import HTTPTypes
import JSONText
import NIOCore
import NIOHTTP1
import Testing

/// Replicas, and what they write.
@Suite struct `Consoles` {
    private static let version = "2025-07-01"
    private static let app = "Microsoft.App/containerApps/chat"
    private var cloud: Cloud
    private var id: String { "\(cloud.group)/providers/\(Self.app)" }

    init() {
        cloud = Cloud { $0.addresses = .onLoopback }
        cloud.makeGroup()
        let environment = "Microsoft.App/managedEnvironments/main"
        cloud.create(environment, Self.version, Sound.environment)
        cloud.create(Self.app, Self.version, Sound.containerApp(in: "\(cloud.group)/providers/\(environment)"))
    }

    private mutating func get(_ path: String) -> JSON? {
        cloud.send(.get, cloud.address("\(Self.app)\(path)", Self.version)).json
    }

    private mutating func revision() throws -> String {
        try #require(get("/revisions")?["value"]?.array?.first?["name"]?.string)
    }

    private mutating func replicas() throws -> [JSON] {
        try #require(get("/revisions/\(try revision())/replicas")?["value"]?.array)
    }

    @Test mutating func `an app that nobody calls has no replica, and gets one`() throws {
        #expect(try replicas() == [])
        #expect(get("/revisions")?["value"]?.array?.first?["properties"]?["runningState"] == "ScaledToZero")
        cloud.azure.setReplicas(2, of: id)
        let replicas = try replicas()
        #expect(replicas.count == 2)
        #expect(Set(replicas.compactMap { $0["name"]?.string }).count == 2)
        let name = try #require(replicas.first?["name"]?.string)
        #expect(get("/revisions/\(try revision())/replicas/\(name)")?["name"]?.string == name)
        #expect(get("/revisions")?["value"]?.array?.first?["properties"]?["replicas"] == 2)
        #expect(replicas.first?["properties"]?["containers"]?.array?.first?["name"] == "chat")
    }

    private mutating func stream(_ token: String?, _ query: String) throws -> AzureResponse {
        let endpoint = try #require(get("")?["properties"]?["eventStreamEndpoint"]?.string)
        let base = endpoint.prefix(upTo: try #require(endpoint.firstRange(of: "/eventstream")).lowerBound)
        let replica = try #require(try replicas().first?["name"]?.string)
        let path = "revisions/\(try revision())/replicas/\(replica)/containers/chat/logstream"
        var headers = HTTPFields()
        if let token { headers[.authorization] = "Bearer \(token)" }
        return cloud.azure.handle(AzureRequest(.get, "\(base)/\(path)?\(query)", headers: headers), at: cloud.now)
    }

    private mutating func token(_ path: String = app) throws -> String {
        let answer = cloud.send(.post, cloud.address("\(path)/getAuthToken", Self.version))
        return try #require(answer.json?["properties"]?["token"]?.string)
    }

    @Test mutating func `a console takes the token of the app or of its environment, and no other`() throws {
        cloud.azure.setReplicas(1, of: id)
        let query = "tailLines=10&output=json"
        #expect(try stream(try token(), query).status == .ok)
        #expect(try stream(try token("Microsoft.App/managedEnvironments/main"), query).status == .ok)
        #expect(try stream(nil, query).status == .unauthorized)
        let management = cloud.azure.token(for: Cloud.owner, at: cloud.now)
        #expect(try stream(management, query).status == .unauthorized)
        let old = try token()
        cloud.advance(3600)
        #expect(try stream(old, query).status == .unauthorized)
        #expect(try stream(try token(), "tailLines=301").status == .badRequest)
    }

    @Test func `what a container writes is streamed until the stream ends`() async throws {
        try await SimulatorServer.running { address, simulator in
            let simulation = simulator
            let group = "/subscriptions/\(SimulatorConfiguration().subscription)/resourceGroups/stack"
            let app = "\(group)/providers/\(Self.app)"
            let environment = "\(group)/providers/Microsoft.App/managedEnvironments/main"
            await simulation.plant(environment, Sound.environment)
            await simulation.plant(app, Sound.containerApp(in: environment))
            await simulation.setReplicas(1, of: app)
            for index in 0..<5 { await simulation.write("line \(index)", as: app) }
            var headers = HTTPFields()
            headers[.authorization] = "Bearer \(await simulation.token(for: Cloud.owner))"
            func ask(_ method: HTTPRequest.Method, _ path: String) async -> JSON? {
                let url = "\(address)\(app)\(path)?api-version=\(Self.version)"
                return await simulation.handle(AzureRequest(method, url, headers: headers)).json
            }
            let token = try #require(await ask(.post, "/getAuthToken")?["properties"]?["token"]?.string)
            let revision = try #require(await ask(.get, "/revisions")?["value"]?.array?.first?["name"]?.string)
            let replica = await ask(.get, "/revisions/\(revision)/replicas")?["value"]?.array?.first
            let container = replica?["properties"]?["containers"]?.array?.first
            let stream = try #require(container?["logStreamEndpoint"]?.string)
            var request = HTTPClientRequest(url: "\(stream)?follow=true&tailLines=2&output=json")
            request.headers.add(name: "Authorization", value: "Bearer \(token)")
            let response = try await HTTPClient.shared.execute(request, timeout: .minutes(5))
            #expect(response.status == .ok)
            await simulation.write("line 5", as: app)
            await simulation.endStreams()
            let bytes = try await response.body.collect(upTo: 1 << 20)
            let lines = String(buffer: bytes).split(separator: "\n")
            #expect(try lines.map { try JSON(parsing: String($0))["Log"] } == ["line 3", "line 4", "line 5"])
            #expect(await simulation.followerCount == 0)
        }
    }
}

/// What somebody asks who wants to know whether a deployment can work.
@Suite struct `The surroundings` {
    @Test func `a caller learns what he may do, where, and with which providers`() throws {
        let helper = SimulatedClient(
            clientID: "aaaaaaaa-0000-4000-8000-000000000003",
            objectID: "aaaaaaaa-0000-4000-8000-000000000004",
            roles: [
                .init("Contributor", on: "/subscriptions/\(SimulatorConfiguration().subscription)/resourceGroups/stack")
            ]
        )
        var cloud = Cloud {
            $0.clients.append(helper)
            $0.unregisteredProviders = ["Microsoft.App"]
        }
        cloud.makeGroup()
        let permissions = "/providers/Microsoft.Authorization/permissions?api-version=2022-04-01"
        let own = cloud.send(.get, cloud.group + permissions, as: helper).json?["value"]?.array
        #expect(own?.count == 1)
        #expect(own?.first?["actions"] == ["*"])
        #expect(own?.first?["notActions"]?.array?.contains("Microsoft.Authorization/*/Write") ?? false)
        #expect(cloud.send(.get, cloud.subscription + permissions, as: helper).json?["value"] == [])
        let regions = cloud.send(.get, "\(cloud.subscription)/locations?api-version=2022-12-01").json?["value"]?.array
        #expect(regions?.contains { $0["name"] == "westeurope" && $0["displayName"] == "West Europe" } ?? false)
        let all = cloud.send(.get, "\(cloud.subscription)/providers?api-version=2021-04-01").json?["value"]?.array ?? []
        let states = Dictionary(
            uniqueKeysWithValues: all.map { ($0["namespace"]?.string, $0["registrationState"]?.string) }
        )
        #expect(states["Microsoft.App"] == "NotRegistered")
        #expect(states["Microsoft.KeyVault"] == "Registered")
    }
}
