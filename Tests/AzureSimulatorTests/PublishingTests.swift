import AzureSimulator
import Foundation
import HTTPTypes
import JSONText
import Testing
import ValidatorTools

/// Where the simulated function apps take packages; the packages are made by Python.
@Suite(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/python3"), "there is no python3"))
struct PublishingTests {
    private static let program = [UInt8](
        [0x7F, 0x45, 0x4C, 0x46, 2, 1, 1] + [UInt8](repeating: 0, count: 9) + [2, 0, 62, 0]
    )
    private static let host = #"{"version":"2.0","customHandler":{"description":{"defaultExecutablePath":"handler"}}}"#
    private static let function =
        #"{"bindings":[{"type":"httpTrigger","direction":"in","name":"r","methods":["get"],"route":"posts/{id}"}]}"#

    /// A package, or what a change makes of it.
    private func zip(_ change: @escaping (_ folder: String) throws -> Void = { _ in }) async throws -> [UInt8] {
        try await Validators.withFolder(of: [("in/host.json", Self.host), ("in/Read/function.json", Self.function)]) {
            folder in
            try Data(Self.program).write(to: URL(filePath: "\(folder)/in/handler"))
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: "\(folder)/in/handler")
            try change("\(folder)/in")
            let names = try FileManager.default.contentsOfDirectory(atPath: "\(folder)/in").sorted()
            let verdict = try await Validators.tool(
                "python3",
                ["-m", "zipfile", "-c", "../out.zip"] + names,
                in: "\(folder)/in"
            )
            #expect(verdict.isAccepted, "\(verdict.words)")
            return Array(try Data(contentsOf: URL(filePath: "\(folder)/out.zip")))
        }
    }

    private struct Site {
        var cloud: Cloud
        private static let flex: JSON = [
            "location": "westeurope", "kind": "functionapp,linux",
            "properties": [
                "functionAppConfig": ["deployment": ["storage": ["value": "https://files.blob.core.windows.net/p"]]]
            ],
        ]

        init(_ change: (inout SimulatorConfiguration) -> Void = { _ in }, body: JSON = flex) {
            cloud = Cloud(change)
            cloud.azure.plant("\(cloud.group)/providers/Microsoft.Web/sites/app", body, at: cloud.now)
        }

        mutating func send(
            _ method: HTTPRequest.Method,
            _ path: String,
            _ body: [UInt8] = [],
            type: String? = "application/zip",
            token: String? = nil
        ) -> AzureResponse {
            let owner = cloud.azure.token(for: Cloud.owner, audience: "https://management.azure.com", at: cloud.now)
            var headers: HTTPFields = [.authorization: "Bearer \(token ?? owner)"]
            if token == "" { headers[.authorization] = nil }
            headers[.contentType] = type
            let address = "https://app.scm.azurewebsites.net\(path)"
            return cloud.azure.handle(AzureRequest(method, address, headers: headers, body: body), at: cloud.now)
        }

        mutating func publish(_ package: [UInt8]) -> AzureResponse {
            send(.post, "/api/publish?RemoteBuild=false", package)
        }

        /// The state of the newest package at the end, and the last line that tells why.
        mutating func outcome(of package: [UInt8]) -> (status: Int?, log: String) {
            guard publish(package).status == .accepted else { return (nil, "") }
            cloud.advance(60)
            let status = send(.get, "/api/deployments/latest").json?["status"]?.integer
            let log = send(.get, "/api/deployments/latest/log").json?.array?.compactMap { $0["message"]?.string } ?? []
            return (status, log.joined(separator: "\n"))
        }

        func visit(_ path: String, _ method: HTTPRequest.Method = .get) -> Int {
            var azure = cloud.azure
            return azure.handle(AzureRequest(method, "https://app.azurewebsites.net\(path)"), at: cloud.now).status.code
        }
    }

    @Test func `a package is received, put in place, and serves a little later`() async throws {
        var site = Site()
        let accepted = site.publish(try await zip())
        #expect(accepted.status == .accepted)
        let id = try #require(accepted.json?.string)
        #expect(site.send(.get, "/api/deployments/\(id)").status == .accepted)
        #expect(site.send(.get, "/api/deployments/\(id)").json?["status"] == 0)
        site.cloud.advance(3)
        #expect(site.send(.get, "/api/deployments/latest").json?["status"] == 2)
        site.cloud.advance(20)
        let done = site.send(.get, "/api/deployments/\(id)")
        #expect(done.status == .ok && done.json?["status"] == 4 && done.json?["id"]?.string == id)
        #expect(site.visit("/api/posts/7") == 503)
        site.cloud.advance(10)
        #expect(site.visit("/api/posts/7") == 200)
        #expect(site.visit("/api/posts/7", .post) == 404)
        #expect(site.visit("/api/others") == 404)
    }

    @Test func `a package that is not sound fails with the reason, and what served goes on serving`() async throws {
        var site = Site()
        #expect(site.outcome(of: try await zip()).status == 4)
        let broken: [(reason: String, change: (String) throws -> Void)] = [
            ("no host.json at its root", { try FileManager.default.removeItem(atPath: "\($0)/host.json") }),
            ("is no JSON object", { try Data("{".utf8).write(to: URL(filePath: "\($0)/host.json")) }),
            ("is not in the package", { try FileManager.default.removeItem(atPath: "\($0)/handler") }),
            (
                "may not be executed",
                { try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: "\($0)/handler") }
            ),
            (
                "no ELF program",
                {
                    try Data("#!/bin/sh\necho a script that is long enough".utf8).write(
                        to: URL(filePath: "\($0)/handler")
                    ); try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: "\($0)/handler")
                }
            ),
            (
                "no ELF program",
                {
                    var other = Self.program; other[18] = 183;
                    try Data(other).write(to: URL(filePath: "\($0)/handler"));
                    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: "\($0)/handler")
                }
            ),
            ("no function", { try FileManager.default.removeItem(atPath: "\($0)/Read") }),
            ("has no bindings", { try Data("{}".utf8).write(to: URL(filePath: "\($0)/Read/function.json")) }),
        ]
        for (reason, change) in broken {
            let (status, log) = site.outcome(of: try await zip(change))
            #expect(status == 3, "\(reason)")
            #expect(log.contains(reason), "\(log)")
            #expect(site.visit("/api/posts/7") == 200)
        }
    }

    @Test func `damage is found wherever it is`() async throws {
        let sound = try await zip()
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<200 {
            var site = Site()
            var damaged = sound
            let place = Int.random(in: 0..<damaged.count, using: &generator)
            damaged[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            // Whatever it is, it is refused, or of no account; nothing crashes.
            let answer = site.publish(damaged)
            #expect(answer.status == .accepted || answer.status == .badRequest)
        }
        for count in [0, 1, 21, 22, sound.count / 2, sound.count - 1] {
            var site = Site()
            #expect(site.publish(Array(sound.prefix(count))).status == .badRequest)
        }
    }

    @Test func `only those publish who may, with the right type, one at a time`() async throws {
        let package = try await zip()
        let reader = SimulatedClient(clientID: "r", objectID: "reader", roles: [.init("Reader")])
        var site = Site { $0.clients.append(reader) }
        #expect(site.send(.post, "/api/publish", package, token: "").status == .unauthorized)
        #expect(site.send(.post, "/api/publish", package, token: "stale").status == .unauthorized)
        let other = site.cloud.azure.token(for: Cloud.owner, audience: "https://vault.azure.net", at: site.cloud.now)
        #expect(site.send(.post, "/api/publish", package, token: other).status == .unauthorized)
        let weak = site.cloud.azure.token(for: reader, audience: "https://management.azure.com", at: site.cloud.now)
        #expect(site.send(.post, "/api/publish", package, token: weak).status == .forbidden)
        #expect(site.send(.post, "/api/publish", package, type: "application/octet-stream").status.code == 415)
        #expect(site.send(.post, "/api/publish", package, type: nil).status.code == 415)
        #expect(site.send(.post, "/api/publish?RemoteBuild=true", package).status == .badRequest)
        #expect(site.send(.get, "/api/deployments/latest").status == .notFound)
        #expect(site.publish(package).status == .accepted)
        #expect(site.publish(package).status == .conflict)
        site.cloud.advance(60)
        #expect(site.publish(package).status == .accepted)
    }

    @Test func `a site that is not on Flex Consumption takes no package`() async throws {
        var site = Site(body: ["location": "westeurope", "properties": [:]])
        #expect(site.publish(try await zip()).status == .badRequest)
        var nobody = Site()
        let request = AzureRequest(.get, "https://other.scm.azurewebsites.net/api/deployments/latest")
        #expect(nobody.cloud.azure.handle(request, at: nobody.cloud.now).delivery == .dropped)
    }

    @Test func `tags are merged one by one`() throws {
        var cloud = Cloud()
        let site = "\(cloud.group)/providers/Microsoft.Web/sites/app"
        cloud.azure.plant(site, ["location": "westeurope", "tags": ["stack": "a", "owner": "b"]], at: cloud.now)
        let address = "\(site)/providers/Microsoft.Resources/tags/default?api-version=2021-04-01"
        let answer = cloud.send(
            .patch,
            address,
            ["operation": "Merge", "properties": ["tags": ["Owner": "c", "new": "d"]]]
        )
        #expect(answer.json?["properties"]?["tags"] == ["stack": "a", "Owner": "c", "new": "d"])
        #expect(cloud.azure.body(of: site)?["tags"] == ["stack": "a", "Owner": "c", "new": "d"])
        let long = JSON.string(String(repeating: "x", count: 257))
        #expect(
            cloud.send(.patch, address, ["operation": "Merge", "properties": ["tags": ["new": long]]]).status
                == .badRequest
        )
        #expect(
            cloud.send(
                .patch,
                address.replacing("/app/", with: "/none/"),
                ["operation": "Merge", "properties": ["tags": ["a": "b"]]]
            ).status == .notFound
        )
    }
}
