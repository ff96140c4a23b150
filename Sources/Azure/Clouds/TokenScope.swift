/// What a token is good for: one service of Azure, as `https://vault.azure.net/.default`.
///
/// Source: learn.microsoft.com/entra/identity-platform/scopes-oidc
public struct TokenScope: Sendable, Hashable, CustomStringConvertible {
    private static let suffix = "/.default"

    public let text: String

    /// The scope of all that an identity may do with a service.
    ///
    /// - Parameter resource: The service as managed identities and the Azure CLI name it: `https://vault.azure.net`.
    public init(resource: String) {
        self.text = resource + Self.suffix
    }

    /// The service without what makes it a scope.
    public var resource: String { String(text.dropLast(Self.suffix.count)) }

    public var description: String { text }
}
