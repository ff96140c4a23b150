import NIOHTTP1
import Settings

/// Sends requests to one server of Azure: with a token, again when that helps, and to nobody else.
///
/// ```swift
/// let client = AzureClient(cloud: .public, tokens: TokenCache(chain, connection), connection: connection)
/// let answer = try await client.send(AzureRequest(.get, .path("/subscriptions", apiVersion: "2022-12-01")))
/// ```
///
/// All requests of a client share a correlation id, by which Azure's own logs find them.
/// Source: github.com/Azure/azure-resource-manager-rpc, `v1.0/common-api-details.md`
public struct AzureClient: Sendable {
    /// Where its requests go.
    public let server: WebAddress
    public let correlationID: String
    let scope: TokenScope
    public let tokens: TokenCache
    public let connection: AzureConnection
    let policy: RetryPolicy

    /// A client of any server that takes tokens of Azure.
    ///
    /// - Parameters:
    ///   - server: Where its requests go; tokens go there and to its subdomains, and nowhere else.
    ///   - scope: What its tokens are good for.
    ///   - tokens: Where they come from.
    ///   - connection: How requests travel.
    ///   - policy: When they are sent again.
    ///   - correlationID: The id of the run; by default a new one.
    public init(
        server: WebAddress,
        scope: TokenScope,
        tokens: TokenCache,
        connection: AzureConnection,
        policy: RetryPolicy = RetryPolicy(),
        correlationID: String? = nil
    ) {
        self.server = server
        self.scope = scope
        self.tokens = tokens
        self.connection = connection
        self.policy = policy
        self.correlationID = correlationID ?? connection.random.identifier()
    }

    /// A client of a cloud's resource manager.
    public init(
        cloud: AzureCloud,
        tokens: TokenCache,
        connection: AzureConnection,
        policy: RetryPolicy = RetryPolicy(),
        correlationID: String? = nil
    ) {
        self.init(
            server: cloud.resourceManager,
            scope: cloud.resourceManagerScope,
            tokens: tokens,
            connection: connection,
            policy: policy,
            correlationID: correlationID
        )
    }

    /// Sends a request.
    ///
    /// - Returns: An answer that says that it was accepted.
    /// - Throws: ``AzureError`` where Azure refuses or does not answer, ``CredentialError``, `CancellationError`.
    public func send(_ request: AzureRequest) async throws -> AzureResponse {
        let answer = try await self.answer(to: request)
        guard answer.isSuccess else { throw AzureError(refusal: answer) }
        return answer
    }

    /// Sends a request whose refusals mean something to the caller.
    ///
    /// - Returns: The answer, whatever its status.
    /// - Throws: ``AzureError`` where there is no answer, ``CredentialError``, `CancellationError`.
    public func answer(to request: AzureRequest) async throws -> AzureResponse {
        let address = request.address(on: server)
        guard server.covers(address), address.isConfidential else {
            throw AzureError(.untrusted(address.origin), request: "\(request)")
        }
        // Signing in may take a person minutes, which are not the request's.
        _ = try await tokens.token(for: scope)
        let message = request.outgoing(to: address)
        var hasFreshToken = false
        return try await connection.answer(
            to: "\(request)",
            repetition: request.isRepeatable ? .harmless : .harmful,
            policy: policy
        ) { limit in
            let token = try await tokens.token(for: scope)
            let answer = try await connection.exchange(signed(message, with: token), within: limit)
            guard answer.status == 401, !hasFreshToken else { return answer }
            // The token may have been withdrawn before it ran out. Once: a fresh one that is refused is a fact.
            hasFreshToken = true
            tokens.discard(token, for: scope)
            let fresh = try await tokens.token(for: scope)
            var again = signed(message, with: fresh)
            // Who has seen both may repeat either.
            again.secrets.append(token.value)
            return try await connection.exchange(again, within: limit)
        }
    }

    /// A try has an id of its own: Azure answers a known id from memory, as azure-mgmt-core `policies/_base.py` found.
    private func signed(_ message: OutgoingRequest, with token: AccessToken) -> OutgoingRequest {
        var message = message
        message.headers.replaceOrAdd(name: "Authorization", value: "Bearer \(token.value.unsafeRevealed)")
        message.headers.replaceOrAdd(name: "x-ms-client-request-id", value: connection.random.identifier())
        message.headers.replaceOrAdd(name: "x-ms-return-client-request-id", value: "true")
        message.headers.replaceOrAdd(name: "x-ms-correlation-request-id", value: correlationID)
        message.secrets.append(token.value)
        return message
    }
}
