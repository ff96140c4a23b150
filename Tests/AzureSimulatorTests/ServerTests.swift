import AsyncHTTPClient
import AzureSimulator
import Foundation
import HTTPTypes
import JSONText
import Logging
import NIOCore
import NIOHTTP1
import ServiceLifecycle
import Settings
import TestInstruments
import Testing

/// The simulator as programs meet it.
@Suite struct `Server` {
    /// Runs a simulator on a free port for as long as a test takes.
    private func withServer(
        _ change: (inout SimulatorConfiguration) -> Void = { _ in },
        clock: TestClock = TestClock(),
        _ body: (_ address: String, Simulation) async throws -> Void
    ) async throws {
        var configuration = SimulatorConfiguration()
        configuration.clients = [Cloud.owner]
        configuration.addresses = .onLoopback
        change(&configuration)
        let settings = configuration
        try await AzureSimulator.serving(settings, clock: clock, now: { clock.date }) { port, simulation in
            try await body("http://127.0.0.1:\(port)", simulation)
        }
    }

    private func request(
        _ method: HTTPMethod,
        _ address: String,
        token: String? = nil,
        _ body: [UInt8] = []
    ) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: address)
        request.method = method
        if let token { request.headers.add(name: "Authorization", value: "Bearer \(token)") }
        if !body.isEmpty { request.body = .bytes(ByteBuffer(bytes: body)) }
        return request
    }

    private func send(_ request: HTTPClientRequest) async throws -> (HTTPClientResponse, JSON?) {
        let response = try await HTTPClient.shared.execute(request, timeout: .minutes(5))
        let bytes = try await response.body.collect(upTo: 1 << 20)
        return (response, try? JSON(parsing: bytes.readableBytesView))
    }

    /// Whether no answer comes.
    private func fails(_ request: HTTPClientRequest) async -> Bool {
        do {
            _ = try await send(request)
            return false
        } catch {
            return true
        }
    }

    @Test func `a client signs in, makes a vault, waits, and finds its data where the vault says`() async throws {
        let clock = TestClock()
        try await withServer(clock: clock) { address, _ in
            let tenant = SimulatorConfiguration().tenant
            var signIn = request(.POST, "\(address)/\(tenant)/oauth2/v2.0/token")
            signIn.headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded")
            func token(_ resource: String) async throws -> String {
                let secret = "the%20owner%27s%20secret"
                let form = "grant_type=client_credentials&client_id=\(Cloud.owner.clientID)&client_secret=\(secret)"
                signIn.body = .bytes(ByteBuffer(string: form + "&scope=https%3A%2F%2F\(resource)%2F.default"))
                return try #require(try await send(signIn).1?["access_token"]?.string)
            }
            let management = try await token("management.azure.com")
            let group = "\(address)/subscriptions/\(SimulatorConfiguration().subscription)/resourceGroups/stack"
            let made = try await send(
                request(
                    .PUT,
                    "\(group)?api-version=2025-04-01",
                    token: management,
                    JSON.object([.init("location", "westeurope")]).bytes
                )
            )
            #expect(made.0.status == .created)
            let vault = "\(group)/providers/Microsoft.KeyVault/vaults/vault1?api-version=2025-05-01"
            let first = try await send(request(.PUT, vault, token: management, Sound.vault.bytes))
            let poll = try #require(first.0.headers.first(name: "Location"))
            #expect(poll.hasPrefix(address))
            #expect(try await send(request(.GET, poll, token: management)).0.status == .accepted)
            clock.advance(by: .seconds(20))
            let last = try await send(request(.GET, poll, token: management))
            #expect(last.0.status == .ok)
            let uri = try #require(last.1?["properties"]?["vaultUri"]?.string)
            let data = try await token("vault.azure.net")
            let body = JSON.object([.init("value", "shh")]).bytes
            #expect(
                try await send(request(.PUT, "\(uri)secrets/key?api-version=7.5", token: data, body)).0.status == .ok
            )
            let read = try await send(request(.GET, "\(uri)secrets/key?api-version=7.5", token: data))
            #expect(read.1?["value"] == "shh")
        }
    }

    @Test func `a dropped answer is a connection that closes, after the effect`() async throws {
        try await withServer({ $0.faults.dropsAfter = 1 }) { address, simulator in
            let token = await simulator.token(for: Cloud.owner)
            let group = "\(address)/subscriptions/\(SimulatorConfiguration().subscription)/resourceGroups/stack"
            let body = JSON.object([.init("location", "westeurope")]).bytes
            let put = request(.PUT, "\(group)?api-version=2025-04-01", token: token, body)
            #expect(await fails(put))
            let journal = await simulator.journal
            #expect(journal.writeCount >= 1)
            #expect(journal.entries.last?.delivery == .dropped)
        }
    }

    @Test func `one that hangs does not keep the server from ending`() async throws {
        let clock = TestClock()
        try await withServer({ $0.faults.hangs = 1 }, clock: clock) { address, _ in
            await withTaskGroup(of: Bool.self) { tasks in
                tasks.addTask { await fails(request(.GET, "\(address)/subscriptions")) }
                await clock.waitForSleepers(1)
                tasks.cancelAll()
                #expect(await tasks.next() == true)
            }
        }
    }

    @Test func `an answer takes its time`() async throws {
        let clock = TestClock()
        try await withServer({ $0.latency = .seconds(2) }, clock: clock) { address, simulator in
            let token = await simulator.token(for: Cloud.owner)
            let scope = "/subscriptions/\(SimulatorConfiguration().subscription)/resourceGroups/stack"
            await simulator.plant(scope)
            let path = "\(address)\(scope)/providers/Microsoft.ManagedIdentity/userAssignedIdentities/chat"
            try await withThrowingTaskGroup(of: UInt.self) { tasks in
                tasks.addTask {
                    try await send(request(.PUT, "\(path)?api-version=2024-11-30", token: token, Sound.identity.bytes))
                        .0.status.code
                }
                await clock.waitForSleeper(of: .seconds(2))
                clock.advance(by: .seconds(2))
                let status = try await tasks.next()
                #expect(status == 201)
            }
        }
    }

    @Test func `the name of a host says which part of Azure is meant`() async throws {
        try await withServer { address, _ in
            var request = request(.GET, "\(address)/secrets?api-version=7.5")
            request.headers.add(name: "Host", value: "vault1.vault.azure.net")
            // There is no such vault, so there is no such host.
            #expect(await fails(request))
        }
    }
}
