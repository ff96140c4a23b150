public import Azure
public import Settings

/// Asks with the token of an identity; it is kept until shortly before its end, and fetched by one at a time.
///
/// Source: learn.microsoft.com/azure/service-bus-messaging/authenticate-application
public struct IdentityCredential: BusCredential {
    static let scope = TokenScope(resource: "https://servicebus.azure.net")

    private let tokens: TokenCache

    public init(_ tokens: TokenCache) {
        self.tokens = tokens
    }

    public func authorization(for resource: String) async throws -> SecretValue {
        do {
            return Self.header(try await tokens.token(for: Self.scope))
        } catch {
            try Task.checkCancellation()
            throw MessagingError.unavailable(reason: "there is no token for the bus: \(error)")
        }
    }

    public func replace(_ refused: SecretValue) async -> Bool {
        guard let token = try? await tokens.token(for: Self.scope) else { return false }
        // Somebody else may have replaced it already.
        if Self.header(token) == refused { tokens.discard(token, for: Self.scope) }
        return true
    }

    private static func header(_ token: AccessToken) -> SecretValue {
        SecretValue("Bearer \(token.value.unsafeRevealed)")
    }
}
