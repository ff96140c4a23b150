import Azure
import AzureSimulator
import Deployment
import Foundation
import HTTPTypes
import JSONText
import Packaging
import Planning
import Rehearsal
import Renderers
import Settings
import StackGraph
import StackModel
import SystemPackage
import TestInstruments
import Testing
import ValidatorTools

@testable import infra

/// Packages on their way to a simulated function app.
struct PublishingTests {
    /// A function app that is there and was given nothing yet, and packages for it.
    struct Bench {
        let place: SimulatedPlace
        let app: FunctionAppNode
        let folder: String
        let events = Shared<[PublishingEvent]>([])

        /// The app in Azure.
        let id: String

        var identifier: Azure.ResourceIdentifier? { Azure.ResourceIdentifier(id) }

        static func with(
            _ change: (inout SimulatorConfiguration) -> Void = { _ in },
            _ body: (Bench) async throws -> Void
        ) async throws {
            let folder = FileManager.default.temporaryDirectory.appending(path: "publishing-\(UUID().uuidString)").path
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(atPath: folder) }
            try await SimulatedPlace.withEvents(change) { place in
                let group = "/subscriptions/\(place.configuration.subscription)/resourceGroups/stack"
                let id = "\(group)/providers/Microsoft.Web/sites/functions-1"
                let bench = Bench(place: place, app: try app(), folder: folder, id: id)
                await place.simulation.plant(
                    bench.id,
                    [
                        "location": "westeurope", "kind": "functionapp,linux", "tags": ["stack": "lightening"],
                        "properties": [
                            "functionAppConfig": [
                                "deployment": ["storage": ["value": "https://f.blob.core.windows.net/p"]]
                            ]
                        ],
                    ]
                )
                // What is fresh is not seen everywhere at once.
                try await place.time.clock.sleep(for: .seconds(60))
                try await body(bench)
            }
        }

        static func app() throws -> FunctionAppNode {
            let apps = try Lightening.graph(.dev).nodes.compactMap { node -> FunctionAppNode? in
                if case .functionApp(let app) = node.kind { app } else { nil }
            }
            return try #require(apps.first)
        }

        /// A package whose program is a head and this many bytes.
        func package(_ name: String = "first", bytes: Int = 300_000) throws -> PackageFile {
            var generator = SeededGenerator(seed: bytes)
            let head = [0x7F, 0x45, 0x4C, 0x46, 2, 1, 1] + [UInt8](repeating: 0, count: 9) + [2, 0, 62, 0]
            let program = head + (0..<bytes + 44).map { _ in UInt8.random(in: 0...255, using: &generator) & 0x0F }
            // No tables of libraries.
            var bytes = program
            bytes.replaceSubrange(20..<64, with: [UInt8](repeating: 0, count: 44))
            try Data(bytes).write(to: URL(filePath: "\(folder)/\(name)"))
            let package = try #require(FunctionPackage(of: "functions", in: Lightening.graph(.dev)))
            return try package.write(to: FilePath("\(folder)/\(name).zip"), handler: FilePath("\(folder)/\(name)"))
        }

        func publish(_ package: PackageFile, isForced: Bool = false) async throws -> Publication {
            try await place.withSession(group: "stack") { session in
                let id = try #require(identifier)
                let document = try #require(try await session.plane.get(id, apiVersion: ResourceType.site.apiVersion))
                let publisher = try Publisher(to: app, id, document, in: session)
                let events = events
                return try await publisher.publish(package, isForced: isForced) { event in
                    events.withLock { $0.append(event) }
                }
            }
        }

        /// How often a package was accepted.
        var acceptances: Int { get async { await place.simulation.journal.writes(of: "\(id)/package") } }

        func isServing(_ package: PackageFile) async throws -> Bool {
            let bytes = try Data(contentsOf: URL(filePath: "\(package.path)"))
            return await place.simulation.servingPackage(of: id) == Journal.fingerprint(of: Array(bytes))
        }
    }

    @Test func `a package is published, and the app answers with it`() async throws {
        try await Bench.with { bench in
            let package = try bench.package()
            let publication = try await bench.publish(package)
            #expect(!publication.isUnchanged && publication.status == 200)
            #expect(publication.address.hasSuffix("/website/functions-1/api/schedule"))
            #expect(try await bench.isServing(package))
            let states: [PublishingEvent] = [
                .uploading(bytes: package.size), .entered(.pending), .entered(.deploying), .entered(.succeeded),
                .starting,
            ]
            #expect(bench.events.withLock { $0 } == states)
            let tags = await bench.place.simulation.body(of: bench.id)?["tags"]
            #expect(tags?["stack"] == "lightening")
            #expect(tags?["slipway-package"]?.string?.hasPrefix("sha256:\(package.digest) ") == true)
        }
    }

    @Test func `a package that is there is not published again, unless somebody wants that or another came between`()
        async throws
    {
        try await Bench.with { bench in
            let (first, second) = (try bench.package(), try bench.package("second", bytes: 5_000))
            _ = try await bench.publish(first)
            #expect(try await bench.publish(first).isUnchanged)
            #expect(await bench.acceptances == 1)
            #expect(try await !bench.publish(first, isForced: true).isUnchanged)
            #expect(await bench.acceptances == 2)
            #expect(try await !bench.publish(second).isUnchanged)
            #expect(try await bench.isServing(second))

            // Somebody publishes by other means, who leaves the tag as it is.
            try await bench.publishSilently(first)
            #expect(try await bench.isServing(first))
            #expect(try await !bench.publish(second).isUnchanged)
            #expect(try await bench.isServing(second))
        }
    }

    @Test func `a package that is not sound fails with what the service says, and the old one goes on`() async throws {
        try await Bench.with { bench in
            let first = try bench.package()
            _ = try await bench.publish(first)
            let broken = try await bench.archive(holding: "readme.txt")
            do {
                _ = try await bench.publish(broken)
                Issue.record("it was published")
            } catch PublishingError.failed(let app, .failed, let log) {
                #expect(app == "functions-1")
                #expect(log.contains { $0.contains("no host.json") })
            }
            #expect(try await bench.isServing(first))

            let path = FilePath("\(bench.folder)/text.zip")
            try Data("no archive".utf8).write(to: URL(filePath: "\(path)"))
            await #expect(throws: PublishingError.self) { try await bench.publish(try PackageFile(at: path)) }
            #expect(try await bench.isServing(first))
            // The record is still that of the old one.
            #expect(try await !bench.publish(first).isUnchanged)
        }
    }

    @Test func `who may only read may not publish, and is told so`() async throws {
        try await Bench.with { configuration in
            configuration.clients[0].roles = [.init("Reader")]
        } _: { bench in
            let package = try bench.package()
            do {
                _ = try await bench.publish(package)
                Issue.record("it was published")
            } catch PublishingError.forbidden(_, let said) {
                #expect(said.contains("may not publish"))
            }
            #expect(await bench.acceptances == 0)
        }
    }

    @Test func `two who publish at the same time follow each other`() async throws {
        try await Bench.with { bench in
            let (first, second) = (try bench.package(), try bench.package("second", bytes: 5_000))
            try await withThrowingDiscardingTaskGroup { group in
                for package in [first, second] {
                    group.addTask { _ = try await bench.publish(package) }
                }
            }
            #expect(await bench.acceptances == 2)
            #expect(bench.events.withLock { $0.contains(.waitingForOther) })
        }
    }

    @Test func `a package whose acceptance nobody heard is known again, and not sent into place twice`() async throws {
        let lost = Shared(0)
        for seed in 0..<12 {
            try await Bench.with { configuration in
                configuration.seed = UInt64(seed)
                configuration.faults.dropsAfter = 0.2
            } _: { bench in
                let package = try bench.package(bytes: 5_000)
                _ = try await bench.publish(package)
                #expect(await bench.acceptances == 1, "seed \(seed)")
                let entries = await bench.place.simulation.journal.entries
                let isLost = entries.contains { $0.method == .post && $0.status == 202 && $0.delivery == .dropped }
                if isLost { lost.withLock { $0 += 1 } }
            }
        }
        #expect(lost.withLock { $0 } > 0)
    }

    @Test func `a package that was published is no change of the stack, and a change of the stack keeps its record`()
        async throws
    {
        try await Bench.with { bench in
            let deployer = Deployer(try Lightening.graph(.dev), at: bench.place)
            try await deployer.up()
            let sites = await bench.place.simulation.identifiers.filter {
                $0.contains("/sites/") && !$0.hasSuffix("/functions-1") && $0.split(separator: "/").count == 8
            }
            let real = Bench(place: bench.place, app: bench.app, folder: bench.folder, id: try #require(sites.first))
            let package = try real.package()
            _ = try await real.publish(package)
            #expect(try await deployer.survey().plan.steps == [])

            await bench.place.simulation.edit(real.id, ["properties": ["httpsOnly": false]])
            try await deployer.up()
            #expect(await bench.place.simulation.body(of: real.id)?["properties"]?["httpsOnly"] == true)
            #expect(try await real.publish(package).isUnchanged)
        }
    }

    @Test func `a host of another cloud gets no token`() async throws {
        try await Bench.with { bench in
            #expect(AzureCloud.public.address(of: .websiteDeployment, at: "a.scm.azurewebsites.net") != nil)
            #expect(
                AzureCloud.public.address(of: .websiteDeployment, at: "a-b1.scm.westeurope-01.azurewebsites.net") != nil
            )
            #expect(AzureCloud.public.address(of: .websiteDeployment, at: "azurewebsites.net.example") == nil)
            #expect(AzureCloud.public.address(of: .websiteDeployment, at: "evilazurewebsites.net") == nil)
            #expect(AzureCloud.public.address(of: .websiteDeployment, at: "example/.azurewebsites.net") == nil)
            try await bench.place.withSession(group: "stack") { session in
                let id = try #require(bench.identifier)
                #expect(throws: PublishingError.noPlace(app: "functions-1")) {
                    try Publisher(to: bench.app, id, ["properties": [:]], in: session)
                }
            }
        }
    }

    /// A few days at a time: many wait at the same time, and few work.
    @Test(.serialized, arguments: Array(stride(from: 0, to: 100, by: 5)))
    func `whatever the day, the package is there at its end`(first: Int) async throws {
        try await withThrowingDiscardingTaskGroup { group in
            for day in first..<first + 5 { group.addTask { try await publish(on: UInt64(day)) } }
        }
    }

    private func publish(on day: UInt64) async throws {
        try await Bench.with { configuration in
            configuration.seed = day
            configuration.faults = .day(day)
            // More of it than on deployments, which ask much more often.
            configuration.faults.dropsAfter = 0.1
            configuration.faults.serverErrors = 0.1
            configuration.watchedTexts = [SimulatedPlace.deployer.secret?.unsafeRevealed ?? ""]
        } _: { bench in
            let package = try bench.package(bytes: 20_000)
            let publication = try await bench.publish(package)
            #expect(publication.status == 200, "day \(day)")
            #expect(try await bench.isServing(package), "day \(day)")
            #expect(try await bench.publish(package).isUnchanged, "day \(day)")
            // A lost answer costs another round at most for each time it is lost.
            #expect(await bench.acceptances <= 4, "day \(day)")
        }
    }
}

extension PublishingTests.Bench {
    /// Publishes as another tool does.
    func publishSilently(_ package: PackageFile) async throws {
        try await place.withSession(group: "stack") { session in
            let address = try #require(session.cloud.address(of: .websiteDeployment, named: "functions-1"))
            let client = try #require(session.client(of: .websiteDeployment, named: "functions-1"))
            var request = Azure.AzureRequest(.post, .address(address.appending(path: "/api/publish")))
            request.file = FileContent(package.path, size: package.size, mediaType: "application/zip")
            _ = try await client.send(request)
        }
        try await place.time.clock.sleep(for: .seconds(120))
    }

    /// An archive that Python writes, with one file of this name.
    func archive(holding name: String) async throws -> PackageFile {
        let script = "import sys, zipfile; zipfile.ZipFile(sys.argv[1], 'w').writestr(sys.argv[2], 'nothing')"
        let verdict = try await Validators.tool("python3", ["-c", script, "archive.zip", name], in: folder)
        #expect(verdict.isAccepted, "\(verdict.words)")
        return try PackageFile(at: FilePath("\(folder)/archive.zip"))
    }
}
