import AzureSimulator
import Foundation
import Testing

@testable import StackCLI

/// The code of a stack on its way to Azure, with the real program.
struct AzureCodeTests {
    private static let canaries = ["sk-code-canary-51", AzureSystem.clientSecret]

    private static let environment = AzureSystem.ready.merging(["OPENAI_API_KEY": canaries[0]]) { $1 }

    /// Makes the image and the package of programs that end with a number.
    private func build(_ number: UInt8, in system: AzureSystem) async throws {
        let program = system.local.folder.appending(path: "program").path
        try Data(StandInProgram.bytes + [number]).write(to: URL(filePath: program))
        let folder = system.local.folder.appending(path: ".slipway/packages").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try await system.infra("image", "build", "chat", "--binary", program, code: 0)
        let package = ["package", "build", "functions", "--binary", program]
        let result = try await system.local.run("infra", package + ["--output", ".slipway/packages/functions.zip"])
        #expect(result.code == 0, "\(result.errors)")
    }

    private func up(_ system: AzureSystem, _ words: String..., code: Int32 = 0) async throws -> LocalSystem.Result {
        let all = ["up", "--target", "azure", "--code", "built", "--yes"] + words
        let result = try await system.local.run("infra", all)
        #expect(result.code == code, "\(result.output)\n\(result.errors)")
        for canary in Self.canaries {
            #expect(!result.output.contains(canary) && !result.errors.contains(canary))
        }
        return result
    }

    @Test func `code comes along, comes once, and goes back`() async throws {
        try await AzureSystem.running(environment: Self.environment) {
            $0.requiresImages = true
            $0.watchedTexts = Self.canaries
        } _: { system in
            let missing = try await up(system, code: 1)
            #expect(missing.errors.contains("infra image build"))
            #expect(await system.writeCount == 0)

            try await build(1, in: system)
            let first = try await up(system)
            #expect(first.output.contains(/chat-api \(image\): pushing/))
            #expect(first.output.contains(/EventFunctions \(package\): publishing/))
            #expect(first.output.contains("Done in") && first.output.contains(": 50 done."))
            #expect(try await up(system).output.contains("Nothing to do: 50 unchanged."))
            // Who says nothing of code leaves it alone.
            try await system.infra("preview", "--detailed-exitcode", code: 0)

            try await build(2, in: system)
            try await system.infra("preview", "--code", "built", "--save", "plan.json", "--detailed-exitcode", code: 2)
            let saved = try #require(system.file("plan.json"))
            #expect(Self.canaries.allSatisfy { !saved.contains($0) })
            let second = try await system.infra("up", "--target", "azure", "--plan", "plan.json", code: 0)
            #expect(second.output.contains(": 3 done."), "\(second.output)")

            let back = try await system.infra("rollback", "--yes", code: 0)
            #expect(back.output.contains(": 2 done."), "\(back.output)")
            // No request carried the key of the model but that to the vault.
            let paths = await system.simulation.journal.entries.filter { !$0.watched.isEmpty }.map(\.path)
            #expect(paths.allSatisfy { $0.contains("/vaults/") || $0.hasSuffix("/oauth2/v2.0/token") }, "\(paths)")
        }
    }

    @Test func `who may not push learns that in one message, and nothing runs half`() async throws {
        try await AzureSystem.running(environment: Self.environment) {
            $0.requiresImages = true
            $0.registriesHaveRepositoryRoles = true
        } _: { system in
            try await build(1, in: system)
            let result = try await up(system, code: 1)
            #expect(result.output.contains("RegistryForbidden"))
            #expect(result.output.contains("AcrPush"))
            #expect(result.output.contains(/Skipped:\n +chat \(container app\)/))
        }
    }
}
