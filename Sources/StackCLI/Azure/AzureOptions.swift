import ArgumentParser
import AsyncHTTPClient
import Azure
import Deployment
import Logging
import StackGraph

/// Where a command works.
enum CommandTarget: String, ExpressibleByArgument, CaseIterable {
    /// This machine.
    case local
    case azure
}

/// Which place in Azure a command is about; what no option says comes from the environment.
struct AzureOptions: ParsableArguments {
    @Option(help: "The subscription's id; by default AZURE_SUBSCRIPTION_ID, or the only one there is.")
    var subscription: String?

    @Option(help: "The resource group; by default AZURE_RESOURCE_GROUP, or the name of the stack.")
    var resourceGroup: String?

    @Option(help: "The region of a new resource group, such as westeurope; by default AZURE_LOCATION.")
    var location: String?

    /// Signs in, finds the place, and hands both on.
    ///
    /// - Parameters:
    ///   - stack: The name of the stack.
    ///   - demand: Whether something must be there.
    ///   - environment: Credentials, and what the options leave open.
    ///   - onEvent: Is told when something makes a person wait.
    ///   - body: What to do there.
    /// - Returns: What the body returns.
    /// - Throws: ``Failure``, ``AzurePlaceError``, errors of Azure and of signing in, what the body throws.
    func withSession<Result: Sendable>(
        for stack: String,
        where demand: PlaceDemand = .any,
        in environment: UserEnvironment,
        onEvent: @escaping @Sendable (AzureEvent) -> Void = { _ in },
        _ body: (AzureSession) async throws -> Result
    ) async throws -> Result {
        let cloud = try Self.cloud(environment)
        let place = AzurePlace(
            subscription: subscription ?? environment.value(for: "AZURE_SUBSCRIPTION_ID"),
            resourceGroup: resourceGroup ?? environment.value(for: "AZURE_RESOURCE_GROUP") ?? stack,
            location: location ?? environment.value(for: "AZURE_LOCATION")
        )
        var logger = Logger(label: "azure")
        logger.logLevel = .critical
        let client = HTTPClient(configuration: .azure)
        let connection = AzureConnection(client: client, logger: logger, onEvent: onEvent)
        let chain = CredentialChain(
            environment: environment.variables,
            cloud: cloud,
            prompt: Terminal.error.isInteractive ? TerminalPrompt() : nil,
            connection: connection
        )
        do {
            let tokens = TokenCache(chain, connection: connection)
            let session = try await AzureSession(at: place, cloud: cloud, tokens: tokens, connection: connection)
            guard session.isDeployed || demand == .any else { throw Failure.notDeployed(place.resourceGroup) }
            let result = try await body(session)
            try await client.shutdown()
            return result
        } catch {
            try? await client.shutdown()
            if case AzurePlaceError.missingLocation(let group) = error, demand == .deployed {
                throw Failure.notDeployed(group)
            }
            throw error
        }
    }

    /// The cloud that `AZURE_CLOUD` names as the Azure CLI does, or one on a server of its own, as simulators are.
    static func cloud(_ environment: UserEnvironment) throws -> AzureCloud {
        if let server = environment.value(for: "SLIPWAY_AZURE_ENDPOINT") {
            guard let address = WebAddress(server) else {
                throw Failure("SLIPWAY_AZURE_ENDPOINT is no address of a server.", code: Failure.configuration)
            }
            return .single(at: address)
        }
        let name = environment.value(for: "AZURE_CLOUD") ?? AzureCloud.public.name
        guard let cloud = AzureCloud.all.first(where: { $0.name.lowercased() == name.lowercased() }) else {
            let known = AzureCloud.all.map(\.name).joined(separator: ", ")
            throw Failure("There is no cloud '\(name)'. AZURE_CLOUD may be: \(known).", code: Failure.configuration)
        }
        return cloud
    }
}

/// Shows a device code on the terminal.
struct TerminalPrompt: DeviceCodePrompt {
    func show(_ invitation: DeviceCodeInvitation) async {
        Terminal.error.write(invitation.message)
    }
}
