import Azure
public import Logging
public import LoopExecution

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Which model answers.
public enum ModelChoice: Sendable, Hashable {
    /// Nobody: the built-in responder says how to change that.
    case offline
    /// OpenAI, or any server that is like it.
    case openAI(OpenAIEndpoint, model: String)
    case azureOpenAI(AzureOpenAIEndpoint)
    case agent(FoundryAgent)

    /// The model that OpenAI is asked for when no other is named.
    public static let standardName = "gpt-3.5-turbo"

    /// Makes the model that was chosen.
    ///
    /// - Parameters:
    ///   - clients: What reaches the server, for tokens too; see `HTTPClient.Configuration.modelStreaming`. Not touched
    ///     by the offline responder.
    ///   - environment: Says which identity the process has in Azure; that of the process where it is not given.
    ///   - logger: Is told when there is no token.
    /// - Returns: A model; whether it can be reached shows when it is asked.
    public func model(
        clients: LoopClients,
        environment: [String: String]? = nil,
        logger: Logger
    ) -> any ChatModel {
        func remote(_ name: String, _ surface: any ModelSurface, _ credential: ModelCredential) -> RemoteModel {
            RemoteModel(name: name, surface: surface, credential: credential, clients: clients, logger: logger)
        }
        func identity(_ clientID: String?, _ scope: TokenScope) -> ModelCredential {
            var environment = environment ?? ProcessInfo.processInfo.environment
            if let clientID { environment["AZURE_CLIENT_ID"] = clientID }
            let connection = AzureConnection(client: clients.here, logger: logger)
            let cloud = AzureCloud.holding(scope)
            let chain = CredentialChain(environment: environment, cloud: cloud, connection: connection)
            return .identity(TokenCache(chain, connection: connection), scope)
        }
        switch self {
        case .offline: return OfflineModel(pause: .milliseconds(20))
        case .openAI(let endpoint, let name):
            let credential = endpoint.key.map { ModelCredential.bearer($0) } ?? .none
            return remote(name, CompletionsSurface(endpoint, model: name), credential)
        case .azureOpenAI(let endpoint):
            let credential = endpoint.key.map { .apiKey($0) } ?? identity(endpoint.clientID, endpoint.scope)
            return remote(endpoint.deployment, CompletionsSurface(endpoint), credential)
        case .agent(let agent):
            let surface: any ModelSurface = agent.isClassic ? RunSurface(agent) : ResponseSurface(agent)
            return remote(agent.id, surface, identity(agent.clientID, agent.scope))
        }
    }
}

extension AzureCloud {
    /// The cloud that a service belongs to, by the end of its name.
    fileprivate static func holding(_ scope: TokenScope) -> AzureCloud {
        if scope.resource.hasSuffix(".us") { return .usGovernment }
        return scope.resource.hasSuffix(".cn") ? .china : .public
    }
}
