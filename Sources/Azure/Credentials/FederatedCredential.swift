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
                .plain("grant_type", "client_credentials"),
                .plain("client_id", clientID),
                .plain("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
                .secret("client_assertion", assertion),
                .plain("scope", scope.text),
            ],
            source: "\(assertions.name) for \(clientID)"
        )
    }
}
