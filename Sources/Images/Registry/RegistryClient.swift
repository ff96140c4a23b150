import Azure
import NIOHTTP1
import Settings

/// Talks to one repository of a registry, and shows what the registry asks for.
///
/// Source: github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md
struct RegistryClient: Sendable {
    let reference: ImageReference
    let connection: AzureConnection
    let policy: RetryPolicy
    private let authority: RegistryAuthority

    init(
        _ reference: ImageReference,
        credential: RegistryCredential,
        mountingFrom other: String?,
        connection: AzureConnection,
        policy: RetryPolicy
    ) {
        self.reference = reference
        self.connection = connection
        self.policy = policy
        self.authority = RegistryAuthority(
            credential,
            server: reference.server,
            scopes: ["repository:\(reference.repository):pull,push"] + (other.map { ["repository:\($0):pull"] } ?? []),
            connection: connection,
            policy: policy
        )
    }

    /// An address below the repository: `/manifests/1.4.0`.
    func address(_ path: String, query: [(name: String, value: String)] = []) -> WebAddress {
        reference.server.appending(path: "/v2/\(reference.repository)\(path)", query: query)
    }

    /// Sends a request.
    ///
    /// - Returns: The answer, whatever its status, but 401.
    /// - Throws: ``RegistryError``, errors of signing in to Azure, `CancellationError`.
    func answer(
        _ method: HTTPMethod,
        _ address: WebAddress,
        headers: HTTPHeaders = [:],
        body: [UInt8]? = nil,
        repetition: RetryPolicy.Repetition = .harmless
    ) async throws -> AzureResponse {
        guard address.isConfidential else { throw RegistryError.untrusted(address.origin) }
        let message = OutgoingRequest(method, address, headers: headers, body: body)
        do {
            let answer = try await connection.answer(to: "\(message)", repetition: repetition, policy: policy) {
                limit in
                let answer = try await connection.exchange(authorized(message), within: limit)
                guard answer.status == 401, try await authority.renew(after: answer) != nil else { return answer }
                return try await connection.exchange(authorized(message), within: limit)
            }
            guard answer.status != 401 else { throw RegistryError(answer) }
            return answer
        } catch let error as AzureError {
            throw RegistryError(error)
        }
    }

    /// Some registries take content on servers of others, who get no token.
    private func authorized(_ message: OutgoingRequest) -> OutgoingRequest {
        var message = message
        message.secrets = authority.secrets
        guard message.address.origin == reference.server.origin, let header = authority.current else { return message }
        message.headers.replaceOrAdd(name: "Authorization", value: header.unsafeRevealed)
        return message
    }
}
