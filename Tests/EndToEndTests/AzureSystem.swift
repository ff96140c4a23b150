import AzureSimulator
import Foundation
import HTTPTypes
import JSONText
import Logging
import Planning
import Renderers
import ServiceLifecycle
import Settings
import StackGraph
import StackModel
import Subprocess
import SystemPackage
import Testing

@testable import infra

/// The `infra` program in a folder of its own, and an Azure in this process that it takes for the real one.
struct AzureSystem: Sendable {
    static let clientSecret = "client-secret-3c91"
    static let owner = SimulatedClient(
        clientID: "aaaaaaaa-0000-4000-8000-000000000001",
        objectID: "aaaaaaaa-0000-4000-8000-000000000002",
        secret: SecretValue(clientSecret),
        roles: [.init("Owner")]
    )

    let local: LocalSystem
    let simulation: Simulation
    let group: String

    /// Runs a simulator for as long as the body does its work.
    static func running(
        environment: [String: String] = [:],
        _ change: (inout SimulatorConfiguration) -> Void = { _ in },
        _ body: @Sendable (AzureSystem) async throws -> Void
    ) async throws {
        var configuration = SimulatorConfiguration()
        configuration.clients = [owner]
        configuration.addresses = .onLoopback
        configuration.speed = 1_000_000
        change(&configuration)
        let subscription = configuration.subscription
        let credentials = [
            "AZURE_TENANT_ID": configuration.tenant, "AZURE_CLIENT_ID": owner.clientID,
            "AZURE_CLIENT_SECRET": clientSecret,
        ]
        try await AzureSimulator.serving(configuration) { port, simulation in
            let all = credentials.merging(["SLIPWAY_AZURE_ENDPOINT": "http://127.0.0.1:\(port)"]) { $1 }
            let local = try LocalSystem(environment: all.merging(environment) { $1 })
            let group = "/subscriptions/\(subscription)/resourceGroups/lightening-dev"
            try await body(AzureSystem(local: local, simulation: simulation, group: group))
            try FileManager.default.removeItem(at: local.folder)
        }
    }

    /// Puts the resources of a stage into the simulated Azure, as if it had been deployed.
    func plant(stage: Lightening.Stage = .dev) async throws {
        let template = ARMTemplate(try Lightening(stage: stage).stack.lowered())
        let configuration = SimulatorConfiguration()
        let scope = DeploymentScope(
            tenant: configuration.tenant,
            subscription: configuration.subscription,
            resourceGroup: "lightening-\(stage)",
            location: "westeurope"
        )
        let secrets = template.parameters.reduce(into: [String: String]()) { secrets, parameter in
            if case .secret = parameter.kind { secrets[parameter.name] = "x" }
        }
        let resolver = ARMResolver(template, in: scope, parameters: secrets) { _, _ in .string("known-to-azure") }
        await simulation.plant(scope.identifier)
        for resource in template.resources where !resource.isExisting {
            await simulation.plant(try resolver.identifier(of: resource), try resolver.body(of: resource))
        }
    }

    /// Runs `infra` with these words.
    func infra(_ words: String...) async throws -> LocalSystem.Result { try await local.infra(words) }

    /// Runs `infra` with these words, and this on its standard input.
    ///
    /// A file, and no pipe: a program that refuses may end before it has read all.
    func infra(_ words: String..., input: String) async throws -> LocalSystem.Result {
        let file = FileManager.default.temporaryDirectory.appending(path: "input-\(UUID().uuidString)")
        try input.write(to: file, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(at: file) }
        let result = try await Subprocess.run(
            .path(.init(LocalSystem.program)),
            arguments: Arguments(words),
            environment: .custom(local.variables),
            workingDirectory: .init(local.folder.path),
            input: .fileDescriptor(
                try FileDescriptor.open(FilePath(file.path), .readOnly),
                closeAfterSpawningProcess: true
            ),
            output: .string(limit: 1 << 20),
            error: .string(limit: 1 << 20)
        )
        guard case .exited(let code) = result.terminationStatus else {
            return LocalSystem.Result(output: result.standardOutput, errors: result.standardError, code: -1)
        }
        return LocalSystem.Result(output: result.standardOutput, errors: result.standardError, code: code)
    }

    func file(_ name: String) -> String? {
        try? String(contentsOf: local.folder.appending(path: name), encoding: .utf8)
    }

    func write(_ text: String, to name: String) throws {
        try text.write(to: local.folder.appending(path: name), atomically: true, encoding: .utf8)
    }

    /// The identifier of the only resource of a type whose name begins like this.
    func identifier(_ type: String, _ start: String) async throws -> String {
        let found = await simulation.identifiers.filter { $0.contains("/providers/\(type)/\(start)") }
            .min { $0.count < $1.count }
        return try #require(found)
    }

    /// The value of a secret, as somebody reads it who may.
    func secret(_ name: String, in vault: String) async throws -> String? {
        let vault = try #require(vault.split(separator: "/").last)
        let token = await simulation.token(for: Self.owner, audience: "https://vault.azure.net")
        let address = "http://localhost/vault/\(vault)/secrets/\(name)?api-version=7.5"
        let request = AzureRequest(.get, address, headers: [.authorization: "Bearer \(token)"])
        return await simulation.handle(request).json?["value"]?.string
    }
}
