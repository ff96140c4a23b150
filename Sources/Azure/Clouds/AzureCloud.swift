/// One installation of Azure: where it is managed, who gives tokens for it, and how its services are addressed.
///
/// Sources: azure-cli-core `cloud.py` for addresses; azure-mgmt-core `tools.py` for scopes of the resource manager. The
/// suffixes of Service Bus and of websites outside the public cloud come from memory.
public struct AzureCloud: Sendable, Hashable {
    /// As the Azure CLI calls it: `AzureCloud`.
    public let name: String
    public let resourceManager: WebAddress
    public let resourceManagerScope: TokenScope
    /// Who gives tokens.
    public var authority: WebAddress
    /// Where a virtual machine asks for the token of its identity.
    ///
    /// Source: learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token
    public let instanceMetadata: WebAddress
    /// Whom a token of another provider must be meant for, to be exchanged here.
    ///
    /// Source: learn.microsoft.com/entra/workload-id/workload-identity-federation; outside the public cloud from memory.
    public let federationAudience: String
    let addressing: DataServiceAddressing
}

extension AzureCloud {
    public static let `public` = AzureCloud(
        name: "AzureCloud",
        resourceManager: .known("management.azure.com"),
        resourceManagerScope: TokenScope(resource: "https://management.azure.com"),
        authority: .known("login.microsoftonline.com"),
        instanceMetadata: .metadata,
        federationAudience: "api://AzureADTokenExchange",
        addressing: .hosts(.public)
    )

    public static let china = AzureCloud(
        name: "AzureChinaCloud",
        resourceManager: .known("management.chinacloudapi.cn"),
        resourceManagerScope: TokenScope(resource: "https://management.chinacloudapi.cn"),
        authority: .known("login.chinacloudapi.cn"),
        instanceMetadata: .metadata,
        federationAudience: "api://AzureADTokenExchangeChina",
        addressing: .hosts(.china)
    )

    public static let usGovernment = AzureCloud(
        name: "AzureUSGovernment",
        resourceManager: .known("management.usgovcloudapi.net"),
        resourceManagerScope: TokenScope(resource: "https://management.core.usgovcloudapi.net"),
        authority: .known("login.microsoftonline.us"),
        instanceMetadata: .metadata,
        federationAudience: "api://AzureADTokenExchangeUSGov",
        addressing: .hosts(.usGovernment)
    )

    /// The clouds that Microsoft and its partners run.
    public static let all = [AzureCloud.public, .china, .usGovernment]

    /// A cloud in which everything is on one server, such as a simulator on this machine.
    ///
    /// Resources, tokens and metadata are at the root; an instance of a service is at `/SERVICE/NAME`, where the
    /// service is spelt as in ``DataService``.
    public static func single(at server: WebAddress) -> AzureCloud {
        AzureCloud(
            name: "single",
            resourceManager: server,
            resourceManagerScope: AzureCloud.public.resourceManagerScope,
            authority: server,
            instanceMetadata: server,
            federationAudience: AzureCloud.public.federationAudience,
            addressing: .paths(server)
        )
    }
}

extension WebAddress {
    fileprivate static let metadata = WebAddress(scheme: .http, host: "169.254.169.254")

    fileprivate static func known(_ host: String) -> WebAddress { WebAddress(scheme: .https, host: host) }
}
