public import Settings

/// Which language model answers; without any of these, a built-in responder does, and says so.
///
/// Where several are set, the first of these answers: the agent, the model in Azure, OpenAI or a server like it. What has
/// to be configured on purpose goes before a key that many have in their environment anyway.
public enum ModelSettings {
    // MARK: OpenAI, and servers like it

    public static let key = SecretSetting<String>(
        "OPENAI_API_KEY",
        required: false,
        fallback: SettingFallback(offline, unless: "OPENAI_BASE_URL", azureEndpoint.name, agentEndpoint.name)
    )
    /// The address of an OpenAI-compatible server, its version included: `http://localhost:11434/v1`.
    public static let baseURL = Setting<String>("OPENAI_BASE_URL", required: false)
    public static let model = Setting<String>("OPENAI_MODEL", required: false)
    /// On whose account, where the key may use several.
    public static let organization = Setting<String>("OPENAI_ORGANIZATION", required: false)
    public static let project = Setting<String>("OPENAI_PROJECT", required: false)

    // MARK: Azure OpenAI

    /// The address of the resource: `https://NAME.openai.azure.com`.
    public static let azureEndpoint = Setting<ModelConnection>("AZURE_OPENAI_ENDPOINT", required: false)
    public static let azureDeployment = Setting<ModelDeploymentName>("AZURE_OPENAI_DEPLOYMENT", required: false)
    /// The same, as other tools call it; the shorter name wins.
    public static let azureDeploymentName = Setting<ModelDeploymentName>(
        "AZURE_OPENAI_DEPLOYMENT_NAME",
        required: false
    )
    /// A date such as `2024-10-21`, or `v1`.
    public static let azureVersion = Setting<String>("AZURE_OPENAI_API_VERSION", required: false)
    /// Without it, the identity of the app asks.
    public static let azureKey = SecretSetting<String>("AZURE_OPENAI_API_KEY", required: false)

    // MARK: Agents of Azure AI Foundry

    /// The address of the account, `https://NAME.services.ai.azure.com`, or that of the project.
    public static let agentEndpoint = Setting<String>("AZURE_AI_ENDPOINT", required: false)
    /// Not needed where the address is that of a project.
    public static let agentProject = Setting<String>("AZURE_AI_PROJECT_NAME", required: false)
    /// The agent: `asst_…`, or the name of one of the current kind.
    public static let agentID = Setting<String>("AZURE_AI_AGENT_ID", required: false)

    /// Which identity asks, where the app has several.
    public static let clientID = Setting<String>("AZURE_CLIENT_ID", required: false)

    static let offline = "the built-in offline responder answers"

    public static let all = [key.declaration, baseURL.declaration, model.declaration] + others

    /// All but the three that every service has named from the beginning.
    static let others = [
        organization.declaration, project.declaration, azureEndpoint.declaration, azureDeployment.declaration,
        azureDeploymentName.declaration, azureVersion.declaration, azureKey.declaration, agentEndpoint.declaration,
        agentProject.declaration, agentID.declaration, clientID.declaration,
    ]
}

/// Where a service listens, and how much it says.
public enum HostSettings {
    public static let port = Setting<String>("PORT", required: false)
    /// The address to listen on; loopback by default, `0.0.0.0` in a container.
    public static let host = Setting<String>("HOST", required: false)
    /// The folder that the service may write to and finds again after a restart.
    public static let dataDirectory = Setting<String>("DATA_DIRECTORY", required: false)
    public static let logLevel = Setting<String>("LOG_LEVEL", required: false)

    /// Origins of pages that may use the service: `https://app.example.com,http://localhost:5173`.
    public static let allowedOrigins = Setting<String>("ALLOWED_ORIGINS", required: false)

    public static let all = [port.declaration, host.declaration, logLevel.declaration] + TelemetrySettings.all
}
