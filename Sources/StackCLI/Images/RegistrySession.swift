import AsyncHTTPClient
import Azure
import Images
import JSONText
import Logging

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A connection to a registry, and what is shown there.
struct RegistrySession: Sendable {
    let connection: AzureConnection
    let credential: RegistryCredential
    let identity: Identity

    /// Who is shown to a registry, as far as it helps to know when that was not enough.
    enum Identity: Sendable, Hashable {
        case azure
        case docker
        /// A program of Docker's keeps the credential.
        case helper
        case nobody
    }

    /// Opens a connection for as long as the body.
    static func run(
        with reference: ImageReference,
        in environment: UserEnvironment,
        _ body: (RegistrySession) async throws -> Void
    ) async throws {
        var logger = Logger(label: "registry")
        logger.logLevel = .critical
        let client = HTTPClient(configuration: .azure)
        let connection = AzureConnection(client: client, logger: logger) { event in
            Terminal.error.write("\(event)".withoutControls)
        }
        do {
            let (credential, identity) = try credential(for: reference.host, environment, connection)
            try await body(RegistrySession(connection: connection, credential: credential, identity: identity))
            try await client.shutdown()
        } catch {
            try? await client.shutdown()
            throw error
        }
    }

    private static func credential(
        for host: String,
        _ environment: UserEnvironment,
        _ connection: AzureConnection
    ) throws -> (RegistryCredential, Identity) {
        if let cloud = AzureRegistry.cloud(ofHost: host) {
            let chain = CredentialChain(
                environment: environment.variables,
                cloud: cloud,
                prompt: Terminal.error.isInteractive ? TerminalPrompt() : nil,
                connection: connection
            )
            let tokens = TokenCache(chain, connection: connection)
            let tenant = environment.value(for: "AZURE_TENANT_ID")
            return (.entra(tokens, cloud.scope(of: .registry), tenant: tenant), .azure)
        }
        let docker = try dockerConfiguration(environment)
        if let credential = docker?.credential(for: host) { return (credential, .docker) }
        return (.anonymous, docker?.leavesToHelper(host) == true ? .helper : .nobody)
    }

    private static func dockerConfiguration(_ environment: UserEnvironment) throws -> DockerConfiguration? {
        let folder =
            environment.value(for: "DOCKER_CONFIG")
            ?? environment.value(for: "HOME").map { "\($0)/.docker" }
        guard let path = folder.map({ "\($0)/config.json" }), let data = FileManager.default.contents(atPath: path)
        else { return nil }
        guard let json = try? JSON(parsing: data) else {
            throw Failure("'\(path)' is no JSON. Repair it, or name another folder in DOCKER_CONFIG.")
        }
        return DockerConfiguration(json)
    }
}
