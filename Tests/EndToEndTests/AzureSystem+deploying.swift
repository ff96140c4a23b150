import AzureSimulator
import Foundation
import JSONText
import Subprocess
import SystemPackage
import Testing

/// A user who deploys with the real program.
extension AzureSystem {
    static let location = ["AZURE_LOCATION": "westeurope"]
    static let ready = ["AZURE_LOCATION": "westeurope", "OPENAI_API_KEY": "sk-test"]

    /// Runs `infra`, and makes sure that it ends with this code.
    @discardableResult
    func infra(
        _ words: String...,
        code: Int32,
        with additions: [String: String] = [:],
        at location: SourceLocation = #_sourceLocation
    ) async throws -> LocalSystem.Result {
        let result = try await local.run("infra", words, with: additions)
        #expect(result.code == code, "\(result.output)\n\(result.errors)", sourceLocation: location)
        return result
    }

    @discardableResult
    func up(
        _ words: String...,
        code: Int32 = 0,
        with additions: [String: String] = [:],
        at location: SourceLocation = #_sourceLocation
    ) async throws -> LocalSystem.Result {
        let result = try await local.run(
            "infra",
            ["up", "--target", "azure", "--code", "keep", "--yes"] + words,
            with: additions
        )
        #expect(result.code == code, "\(result.output)\n\(result.errors)", sourceLocation: location)
        return result
    }

    /// Runs `infra`, and does something while it runs, such as sending it a signal.
    func infra(
        _ words: [String],
        meanwhile body: @Sendable (ProcessIdentifier) async throws -> Void
    ) async throws -> LocalSystem.Result {
        let result = try await Subprocess.run(
            .path(.init(LocalSystem.program)),
            arguments: Arguments(words),
            environment: .custom(local.variables),
            workingDirectory: .init(local.folder.path),
            input: .none,
            output: .string(limit: 1 << 20),
            error: .string(limit: 1 << 20)
        ) { execution in
            try await body(execution.processIdentifier)
        }
        let code: Int32 =
            switch result.terminationStatus {
            case .exited(let code): code
            case .signaled(let signal): 128 + signal
            }
        return LocalSystem.Result(output: result.standardOutput, errors: result.standardError, code: code)
    }

    var writeCount: Int {
        get async { await simulation.journal.writeCount }
    }

    /// What is there, without what Azure makes by itself.
    var identifiers: [String] {
        get async { await simulation.identifiers }
    }

    /// Adds a resource of somebody else's to the group.
    func plantStranger() async -> String {
        let stranger = "\(group)/providers/Microsoft.Storage/storageAccounts/theirs"
        await simulation.plant(
            stranger,
            ["location": "westeurope", "kind": "StorageV2", "sku": ["name": "Standard_LRS"]]
        )
        return stranger
    }

    /// Waits until the program under test has written something more.
    func untilWritten(_ count: Int) async throws {
        try await eventually { await writeCount >= count }
    }
}
