import Settings

/// An application that proves itself by a token of another provider, whom Azure has been told to trust.
///
/// Source: learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow, third case
public struct FederatedCredential: TokenCredential {
    private let endpoint: TokenEndpoint
    private let clientID: String
    private let assertions: any AssertionSource

    public init(
        cloud: AzureCloud,
        tenant: String,
        clientID: String,
        assertions: any AssertionSource,
        connection: AzureConnection
    ) {
        self.endpoint = TokenEndpoint(authority: cloud.authority, tenant: tenant, connection: connection)
        self.clientID = clientID
        self.assertions = assertions
    }

    public func token(for scope: TokenScope) async throws -> AccessToken {
        let assertion = try await assertions.assertion()
        return try await endpoint.token(
            for: [
                ("grant_type", SecretValue("client_credentials")),
                ("client_id", SecretValue(clientID)),
                ("client_assertion_type", SecretValue("urn:ietf:params:oauth:client-assertion-type:jwt-bearer")),
                ("client_assertion", assertion),
                ("scope", SecretValue(scope.text)),
            ],
            source: "\(assertions.name) for \(clientID)"
        )
    }
}
