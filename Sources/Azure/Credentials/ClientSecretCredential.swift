public import Settings

/// An application that proves itself by a secret.
///
/// Source: learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow, first case
public struct ClientSecretCredential: TokenCredential {
    private let endpoint: TokenEndpoint
    private let clientID: String
    private let secret: SecretValue

    public init(cloud: AzureCloud, tenant: String, clientID: String, secret: SecretValue, connection: AzureConnection) {
        self.endpoint = TokenEndpoint(authority: cloud.authority, tenant: tenant, connection: connection)
        self.clientID = clientID
        self.secret = secret
    }

    public func token(for scope: TokenScope) async throws -> AccessToken {
        try await endpoint.token(
            for: [
                .plain("grant_type", "client_credentials"),
                .plain("client_id", clientID),
                .secret("client_secret", secret),
                .plain("scope", scope.text),
            ],
            source: "the client secret of \(clientID)"
        )
    }
}
