public import Azure
public import Settings

/// What somebody has to show to a registry.
public enum RegistryCredential: Sendable {
    /// Nobody has signed in.
    case anonymous
    case password(user: String, SecretValue)
    /// What a registry gave in exchange for a password.
    case refreshToken(SecretValue)
    /// A registry of Azure takes tokens of Microsoft Entra in exchange.
    ///
    /// The tenant is said where it is known, as the Azure CLI does.
    case entra(any TokenCredential, TokenScope, tenant: String?)
}

/// A registry of Azure by the name of its host.
public enum AzureRegistry {
    /// The cloud whose registry has this host; `nil` for registries of others.
    public static func cloud(ofHost host: String, among clouds: [AzureCloud] = AzureCloud.all) -> AzureCloud? {
        let name = host.prefix { $0 != "." }
        return clouds.first { $0.address(of: .registry, named: String(name))?.host == host }
    }
}
