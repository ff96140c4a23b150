import Azure
import AzureSimulator
import Deployment
import Foundation
import JSONText
import Planning
import Rehearsal
import Renderers
import StackGraph
import StackModel
import SystemPackage
import TestInstruments
import Testing

@testable import StackCLI
@testable import infra

/// Deployments that bring the code along.
struct CodeTests {
    /// A place, and a folder to build code in.
    private func withBench(
        _ change: (inout SimulatorConfiguration) -> Void = { _ in },
        _ body: (SimulatedPlace, String) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "code-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await SimulatedPlace.withEvents {
            $0.requiresImages = true
            change(&$0)
        } _: {
            try await body($0, folder)
        }
    }

    /// Code whose programs end with a number; those of one number are the same.
    static func code(_ number: UInt8, of graph: Graph, in folder: String) async throws -> StackCode {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let path = FilePath("\(folder)/program-\(number)")
        try Data(StandInProgram.bytes + [number]).write(to: URL(filePath: path.string))
        return try await CodeBuild(of: graph, in: "\(folder)/\(number)").build { _ in path }
    }

    private func up(_ graph: Graph, _ place: SimulatedPlace, _ code: StackCode?) async throws -> DeploymentSummary {
        let summary = try await Deployer(graph, at: place, code: code).up()
        // What is fresh is not seen everywhere at once.
        try await place.time.clock.sleep(for: .seconds(60))
        return summary
    }

    private func steps(_ graph: Graph, _ place: SimulatedPlace, _ code: StackCode?) async throws -> [String] {
        let survey = try await Deployer(graph, at: place, code: code).survey()
        return survey.plan.steps.map { $0.id.split(separator: "/").suffix(2).joined(separator: "/") }.sorted()
    }

    @Test func `a stack comes with its code, and the same code is not sent again`() async throws {
        try await withBench { place, folder in
            let graph = try Lightening.graph(.production)
            let code = try await Self.code(1, of: graph, in: folder)
            #expect(try await up(graph, place, code).failed == [:])
            let writes = await place.simulation.journal.writeCount
            // Another build of the same programs.
            let again = try await Self.code(1, of: graph, in: "\(folder)/again")
            #expect(try await steps(graph, place, again) == [])
            #expect(try await up(graph, place, again) == DeploymentSummary())
            #expect(await place.simulation.journal.writeCount == writes)
        }
    }

    @Test func `new code changes what holds and runs it, in an order that works, and nothing else`() async throws {
        try await withBench { place, folder in
            let graph = try Lightening.graph(.production)
            #expect(try await up(graph, place, Self.code(1, of: graph, in: folder)).failed == [:])
            let code = try await Self.code(2, of: graph, in: folder)
            let plan = try await Deployer(graph, at: place, code: code).survey().plan
            let names = plan.steps.map { $0.id.split(separator: "/").suffix(2).joined(separator: "/") }.sorted()
            let expected = [
                "containerApps/chat", "containerApps/generator", "images/chat-api", "packages/EventFunctions",
            ]
            #expect(names == expected)
            let image = try #require(plan.steps.first { $0.type == .image })
            for app in plan.operations where app.id.phase == .write && app.id.resource.contains("/containerApps/") {
                #expect(app.after.contains(.init(.write, image.id)))
            }
            #expect(try await up(graph, place, code).failed == [:])
            #expect(try await steps(graph, place, code) == [])
        }
    }

    @Test func `who brings no code leaves that which runs`() async throws {
        try await withBench { place, folder in
            let graph = try Lightening.graph(.dev)
            #expect(try await up(graph, place, Self.code(1, of: graph, in: folder)).failed == [:])
            #expect(try await steps(graph, place, nil) == [])
            #expect(try await up(graph, place, nil) == DeploymentSummary())
        }
    }

    @Test func `a revision that does not start leaves the old one serving, until better code comes`() async throws {
        let graph = try Lightening.graph(.dev)
        let folder = FileManager.default.temporaryDirectory.appending(path: "code-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let broken = try await Self.code(2, of: graph, in: folder)
        let digest = try #require(broken.images.first).digest
        try await withBench {
            $0.brokenImages = ["chat-api@\(digest)"]
        } _: { place, folder in
            #expect(try await up(graph, place, Self.code(1, of: graph, in: folder)).failed == [:])
            let app = try #require(await place.simulation.identifiers.first { $0.hasSuffix("/containerApps/chat") })
            let before = try await serving(app, place)

            let summary = try await up(graph, place, broken)
            let problem = try #require(summary.failed[app])
            #expect(problem.code == "RevisionNotReady")
            #expect(problem.message.contains("\(before) goes on serving"))
            #expect(problem.log == ["The program ends at once."])
            #expect(try await serving(app, place) == before)
            // The image and the package are there; the app is not what it should be.
            #expect(try await steps(graph, place, broken) == ["containerApps/chat"])

            #expect(try await up(graph, place, Self.code(3, of: graph, in: folder)).failed == [:])
            #expect(try await serving(app, place) != before)
        }
    }

    @Test func `going back brings back the code of then`() async throws {
        try await withBench { place, folder in
            let graph = try Lightening.graph(.dev)
            let first = try await Self.code(1, of: graph, in: folder)
            #expect(try await up(graph, place, first).failed == [:])
            let record = try await Deployer(graph, at: place).withDeployment { try await $0.ledger.read().last }
            let then = try #require(record)
            let site = try #require(
                await place.simulation.identifiers.first {
                    $0.contains("/sites/functions-") && !$0.contains("/config/")
                }
            )
            let before = try #require(await place.simulation.servingPackage(of: site))
            #expect(try await up(graph, place, Self.code(2, of: graph, in: folder)).failed == [:])
            #expect(await place.simulation.servingPackage(of: site) != before)

            let summary = try await Deployer(graph, at: place).up(.record(then))
            #expect(summary.failed == [:])
            #expect(
                Set(summary.succeeded.map { $0.split(separator: "/").suffix(2).joined(separator: "/") })
                    == ["containerApps/chat", "packages/EventFunctions"]
            )
            #expect(await place.simulation.servingPackage(of: site) == before)
            try await place.time.clock.sleep(for: .seconds(60))
            // The tag names what came later.
            #expect(try await steps(graph, place, first) == ["images/chat-api"])
        }
    }

    private func serving(_ app: String, _ place: SimulatedPlace) async throws -> String {
        try await place.withSession { session in
            let identifier = Azure.ResourceIdentifier(app)
            let id = try #require(identifier)
            let document = try await session.plane.get(id, apiVersion: ResourceType.containerApp.apiVersion)
            return try #require(document?["properties"]?["latestReadyRevisionName"]?.string)
        }
    }

    @Test func `an image that is in no registry is one failure that says what to do`() async throws {
        try await withBench { place, _ in
            let graph = try Lightening.graph(.dev)
            let summary = try await up(graph, place, nil)
            let problem = try #require(summary.failed.first { $0.key.hasSuffix("/containerApps/chat") }?.value)
            #expect(problem.code == "InvalidParameterValueInContainerTemplate")
            #expect(problem.remedy.contains("infra image push"))
        }
    }
}
