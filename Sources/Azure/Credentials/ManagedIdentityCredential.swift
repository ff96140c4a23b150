import NIOHTTP1
public import Settings

/// The identity that Azure gives to a function app or a container, which asks its own host for tokens.
///
/// Sources: learn.microsoft.com/azure/app-service/overview-managed-identity; azure-identity `_credentials/app_service.py`
public struct AppServiceIdentityCredential: TokenCredential {
    static let source = "the identity of the app"

    private let endpoint: WebAddress
    private let header: SecretValue
    private let clientID: String?
    private let connection: AzureConnection

    /// Describes an identity.
    ///
    /// - Parameters:
    ///   - endpoint: `IDENTITY_ENDPOINT`; on the host itself, so it may speak plain HTTP.
    ///   - header: `IDENTITY_HEADER`, which proves that the question comes from the app.
    ///   - clientID: Which identity, where the app has several.
    ///   - connection: How requests travel.
    public init(endpoint: WebAddress, header: SecretValue, clientID: String?, connection: AzureConnection) {
        self.endpoint = endpoint
        self.header = header
        self.clientID = clientID
        self.connection = connection
    }

    public func token(for scope: TokenScope) async throws -> AccessToken {
        let fields = [("api-version", "2019-08-01"), ("resource", scope.resource)]
        let message = OutgoingRequest(
            .GET,
            endpoint.appending(path: "", query: fields + (clientID.map { [("client_id", $0)] } ?? [])),
            headers: ["X-IDENTITY-HEADER": header.unsafeRevealed],
            secrets: [header]
        )
        return try await connection.identityToken(message, policy: TokenEndpoint.policy, source: Self.source)
    }
}

/// The identity that Azure gives to a virtual machine.
///
/// Sources: learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token;
/// azure-identity `_credentials/imds.py`
public struct InstanceMetadataCredential: TokenCredential {
    static let source = "the identity of the virtual machine"

    /// The service is away for up to 70 seconds while it is updated, and answers 404 or 410 meanwhile.
    private static let policy: RetryPolicy = {
        var policy = RetryPolicy()
        policy.tries = 7
        policy.firstWait = .seconds(5)
        policy.longestWait = .seconds(40)
        policy.answerLimit = .seconds(30)
        policy.temporaryStatuses.formUnion([404, 410])
        return policy
    }()

    private let cloud: AzureCloud
    private let clientID: String?
    private let connection: AzureConnection

    public init(cloud: AzureCloud, clientID: String?, connection: AzureConnection) {
        self.cloud = cloud
        self.clientID = clientID
        self.connection = connection
    }

    public func token(for scope: TokenScope) async throws -> AccessToken {
        let fields = [("api-version", "2018-02-01"), ("resource", scope.resource)]
        let address = cloud.instanceMetadata.appending(
            path: "/metadata/identity/oauth2/token",
            query: fields + (clientID.map { [("client_id", $0)] } ?? [])
        )
        try await findService(at: address)
        let message = OutgoingRequest(.GET, address, headers: ["Metadata": "true"])
        do {
            return try await connection.identityToken(message, policy: Self.policy, source: Self.source)
        } catch CredentialError.refused(let source, let error) {
            // The machine has no identity, or not the one that is asked for.
            throw CredentialError.unavailable(source: source, because: "\(error)")
        }
    }

    /// Asks without the header that makes it a question: the service answers at once with 400, and at home nobody does.
    ///
    /// Machines of other clouds have services of their own at the address, which know no such path.
    private func findService(at address: WebAddress) async throws {
        let answer = try? await connection.exchange(OutgoingRequest(.GET, address), within: .seconds(1))
        try Task.checkCancellation()
        guard let answer, ![401, 403, 404].contains(answer.status) else {
            throw CredentialError.unavailable(source: Self.source, because: "this is no virtual machine of Azure")
        }
    }
}

extension AzureConnection {
    fileprivate func identityToken(
        _ message: OutgoingRequest,
        policy: RetryPolicy,
        source: String
    ) async throws -> AccessToken {
        let answer = try await answer(to: "\(message)", repetition: .harmless, policy: policy) { limit in
            try await exchange(message, within: limit)
        }
        guard answer.isSuccess else {
            let error = AzureError(refusal: answer)
            guard (400..<500).contains(answer.status), let said = error.serviceError else { throw error }
            throw CredentialError.refused(source: source, said)
        }
        guard let token = TokenAnswer.token(in: try answer.json(), now: time.now()) else {
            throw AzureError(.unreadable("there is no token in it"), in: answer)
        }
        return token
    }
}
