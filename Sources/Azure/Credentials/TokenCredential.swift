public import Settings

#if canImport(FoundationEssentials)
public import struct FoundationEssentials.Date
#else
public import struct Foundation.Date
#endif

/// Gives tokens for the services of Azure.
public protocol TokenCredential: Sendable {
    /// Asks for a token.
    ///
    /// - Throws: ``CredentialError`` where there is none, ``AzureError`` where nobody can be asked, `CancellationError`.
    func token(for scope: TokenScope) async throws -> AccessToken
}

/// Proof of who somebody is, good for one service and for a while.
public struct AccessToken: Sendable, Hashable {
    public let value: SecretValue
    public let expiresAt: Date

    public init(value: SecretValue, expiresAt: Date) {
        self.value = value
        self.expiresAt = expiresAt
    }
}
