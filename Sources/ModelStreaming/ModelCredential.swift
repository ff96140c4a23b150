import Azure
import Settings

/// How a model server is shown who asks.
enum ModelCredential: Sendable {
    /// Servers on one's own machine want nothing.
    case none
    /// `Authorization: Bearer`.
    case bearer(SecretValue)
    /// `api-key`, as Azure takes keys on all its surfaces.
    ///
    /// Source: learn.microsoft.com/azure/ai-foundry/openai/reference#authentication
    case apiKey(SecretValue)
    /// The token of an identity.
    case identity(TokenCache, TokenScope)

    /// A header, and the token in it where it is one.
    struct Proof: Sendable {
        var header: (name: String, value: SecretValue)?
        var token: AccessToken?
    }

    /// - Throws: What `TokenCache` throws where there is no token.
    func proof() async throws -> Proof {
        switch self {
        case .none: return Proof()
        case .bearer(let key): return Proof(header: Self.bearer(key))
        case .apiKey(let key): return Proof(header: ("api-key", key))
        case .identity(let tokens, let scope):
            let token = try await tokens.token(for: scope)
            return Proof(header: Self.bearer(token.value), token: token)
        }
    }

    /// Is told that a proof was refused.
    ///
    /// - Returns: Whether another one may do better.
    func replace(_ proof: Proof) -> Bool {
        guard case .identity(let tokens, let scope) = self, let token = proof.token else { return false }
        tokens.discard(token, for: scope)
        return true
    }

    private static func bearer(_ key: SecretValue) -> (name: String, value: SecretValue) {
        ("Authorization", SecretValue("Bearer \(key.unsafeRevealed)"))
    }
}
