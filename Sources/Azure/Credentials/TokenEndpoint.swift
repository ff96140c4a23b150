import JSONText
import WebFormats

/// Where a tenant's authority gives tokens for proofs.
///
/// Sources: learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow; RFC 6749, sections 4.4 and 5
struct TokenEndpoint: Sendable {
    /// Asking twice for a token gives two, and does no harm.
    static let policy: RetryPolicy = {
        var policy = RetryPolicy()
        policy.answerLimit = .seconds(30)
        policy.budget = .seconds(240)
        return policy
    }()

    let authority: WebAddress
    let tenant: String
    let connection: AzureConnection

    /// Asks for a token.
    ///
    /// - Parameters:
    ///   - fields: The proof.
    ///   - source: Whose proof it is, as errors name it.
    /// - Returns: The token.
    /// - Throws: ``CredentialError/refused(source:_:)``, ``AzureError``, `CancellationError`.
    func token(for fields: [FormField], source: String) async throws -> AccessToken {
        let answer = try await post(fields, to: "token")
        guard answer.isSuccess else { throw refusal(answer, of: source) }
        guard let token = TokenAnswer.token(in: try answer.json(), now: connection.time.now()) else {
            throw AzureError(.unreadable("there is no token in it"), in: answer)
        }
        return token
    }

    func post(_ fields: [FormField], to name: String) async throws -> AzureResponse {
        let address = authority.appending(path: "/\(PercentEncoding.encode(tenant))/oauth2/v2.0/\(name)")
        guard address.isConfidential else { throw AzureError(.untrusted(address.origin), request: "POST \(name)") }
        let message = OutgoingRequest.form(fields, to: address)
        return try await connection.answer(to: "\(message)", repetition: .harmless, policy: Self.policy) { limit in
            try await connection.exchange(message, within: limit)
        }
    }

    func refusal(_ answer: AzureResponse, of source: String) -> any Error {
        let error = AzureError(refusal: answer)
        let isTemporary = Self.policy.temporaryStatuses.contains(answer.status)
        guard (400..<500).contains(answer.status), !isTemporary, let said = error.serviceError else { return error }
        return CredentialError.refused(source: source, said)
    }
}
