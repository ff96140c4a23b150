import Contracts
public import ModelStreaming
public import ServiceKit
import Settings

extension ModelChoice {
    /// The model that the settings ask for; where they ask for several, the first of: the agent, the model in Azure,
    /// OpenAI or a server like it.
    ///
    /// An address of a server like OpenAI's without a key is fine, because servers on one's own machine want none.
    ///
    /// - Parameters:
    ///   - settings: What the service reads.
    ///   - standardName: The model to ask OpenAI for where `OPENAI_MODEL` names none.
    /// - Throws: `SettingsError` with all settings that are missing, or with one that cannot be used. A provider of which
    ///   some settings are there is meant to be used, and not passed over.
    public init(_ settings: SettingsReader, standardName: String = ModelChoice.standardName) throws(SettingsError) {
        let agent = AgentReading(settings)
        let azure = AzureReading(settings)
        let missing = agent.missing + azure.missing
        guard missing.isEmpty else { throw .missing(missing) }
        if let agent = try agent.agent() {
            self = .agent(agent)
        } else if let endpoint = try azure.endpoint() {
            self = .azureOpenAI(endpoint)
        } else if let endpoint = try Self.openAI(settings) {
            self = .openAI(endpoint, model: settings.value(of: ModelSettings.model) ?? standardName)
        } else {
            self = .offline
        }
    }

    private static func openAI(_ settings: SettingsReader) throws(SettingsError) -> OpenAIEndpoint? {
        let key = settings.value(of: ModelSettings.key)
        let address = settings.value(of: ModelSettings.baseURL)
        if key == nil, address == nil { return nil }
        do {
            var endpoint = try OpenAIEndpoint(baseURL: address ?? OpenAIEndpoint.standardURL, key: key)
            endpoint.organization = settings.value(of: ModelSettings.organization)
            endpoint.project = settings.value(of: ModelSettings.project)
            return endpoint
        } catch {
            throw .invalid(name: ModelSettings.baseURL.name, expected: OpenAIEndpoint.InvalidAddress.expected)
        }
    }
}

/// What the settings say of an agent.
private struct AgentReading {
    private let address: String?
    private let project: String?
    private let id: String?
    private let clientID: String?

    init(_ settings: SettingsReader) {
        address = settings.value(of: ModelSettings.agentEndpoint)
        project = settings.value(of: ModelSettings.agentProject)
        id = settings.value(of: ModelSettings.agentID)
        clientID = settings.value(of: ModelSettings.clientID)
    }

    var missing: [String] {
        if address == nil, project == nil, id == nil { return [] }
        let namesProject = project != nil || address.map { FoundryAgent.namesProject($0) } == true
        return [
            address == nil ? ModelSettings.agentEndpoint.name : nil,
            namesProject ? nil : ModelSettings.agentProject.name,
            id == nil ? ModelSettings.agentID.name : nil,
        ].compactMap { $0 }
    }

    func agent() throws(SettingsError) -> FoundryAgent? {
        guard let address, let id else { return nil }
        guard let agent = FoundryAgent(address, project: project, id: id, clientID: clientID) else {
            throw .invalid(name: ModelSettings.agentEndpoint.name, expected: FoundryAgent.expected)
        }
        return agent
    }
}

/// What the settings say of a model in Azure.
private struct AzureReading {
    private let address: String?
    private let deployment: String?
    private let version: String?
    private let key: SecretValue?
    private let clientID: String?

    init(_ settings: SettingsReader) {
        address = settings.value(of: ModelSettings.azureEndpoint)
        deployment =
            settings.value(of: ModelSettings.azureDeployment) ?? settings.value(of: ModelSettings.azureDeploymentName)
        version = settings.value(of: ModelSettings.azureVersion)
        key = settings.value(of: ModelSettings.azureKey)
        clientID = settings.value(of: ModelSettings.clientID)
    }

    var missing: [String] {
        if address == nil, deployment == nil, version == nil, key == nil { return [] }
        return [
            address == nil ? ModelSettings.azureEndpoint.name : nil,
            deployment == nil ? ModelSettings.azureDeployment.name : nil,
        ].compactMap { $0 }
    }

    func endpoint() throws(SettingsError) -> AzureOpenAIEndpoint? {
        guard let address, let deployment else { return nil }
        let endpoint = AzureOpenAIEndpoint(
            address,
            deployment: deployment,
            version: try readVersion(),
            key: key,
            clientID: clientID
        )
        guard let endpoint else {
            throw .invalid(name: ModelSettings.azureEndpoint.name, expected: AzureOpenAIEndpoint.expected)
        }
        return endpoint
    }

    private func readVersion() throws(SettingsError) -> AzureOpenAIEndpoint.Version? {
        guard let version else { return nil }
        guard let version = AzureOpenAIEndpoint.Version(version) else {
            throw .invalid(name: ModelSettings.azureVersion.name, expected: "v1, or a date such as 2024-10-21")
        }
        return version
    }
}
