import Azure
import JSONText
import NIOHTTP1
import Settings
import Synchronization
import WebFormats

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Gets what a registry wants to see, and keeps it as long as it is good.
///
/// Sources: distribution.github.io/distribution/spec/auth/token and …/auth/oauth; for Azure the exchange of tokens in
/// azure-cli `acr/_docker_utils.py` and github.com/Azure/acr/blob/main/docs/AAD-OAuth.md
final class RegistryAuthority: Sendable {
    private let credential: RegistryCredential
    private let server: WebAddress
    private let scopes: [String]
    private let connection: AzureConnection
    private let policy: RetryPolicy
    private let proof = Mutex(Proof())

    /// What is shown, and what it was made of.
    private struct Proof {
        /// Servers repeat what they saw a while ago, too; what is older than these has expired.
        private static let limit = 32

        var header: SecretValue?
        private(set) var secrets: [SecretValue] = []

        mutating func keep(_ more: [SecretValue]) {
            secrets = secrets.filter { !more.contains($0) } + more
            secrets.removeFirst(max(0, secrets.count - Self.limit))
        }
    }

    init(
        _ credential: RegistryCredential,
        server: WebAddress,
        scopes: [String],
        connection: AzureConnection,
        policy: RetryPolicy
    ) {
        self.credential = credential
        self.server = server
        self.scopes = scopes
        self.connection = connection
        self.policy = policy
    }

    /// What requests show now.
    var current: SecretValue? { proof.withLock { $0.header } }

    /// What the registry and whoever gives its tokens have seen, and no text may repeat.
    var secrets: [SecretValue] { proof.withLock { $0.secrets } }

    private func keep(_ secrets: SecretValue...) {
        proof.withLock { $0.keep(secrets) }
    }

    /// Gets what a registry asked for when it refused.
    ///
    /// - Parameter answer: What the registry said.
    /// - Returns: What to show; `nil` where there is nothing else to show than what was refused.
    /// - Throws: ``RegistryError``, errors of signing in to Azure.
    func renew(after answer: AzureResponse) async throws -> SecretValue? {
        let challenges = answer.headers["WWW-Authenticate"].flatMap(AuthenticationChallenge.parse)
        var renewed: SecretValue?
        if let bearer = challenges.first(where: { $0.scheme == "bearer" }), let realm = bearer.parameters["realm"] {
            guard let place = WebAddress(realm), place.isConfidential else {
                throw RegistryError.untrusted(answer.redacted(realm))
            }
            let token = try await bearerToken(at: place, service: bearer.parameters["service"] ?? server.host)
            renewed = SecretValue("Bearer \(token.unsafeRevealed)")
        } else if challenges.contains(where: { $0.scheme == "basic" }), case .password(let user, let word) = credential
        {
            let basic = basic(user, word)
            // It was refused already, and does not change.
            renewed = basic == current ? nil : basic
        }
        proof.withLock { $0.header = renewed ?? $0.header }
        return renewed
    }

    private func bearerToken(at realm: WebAddress, service: String) async throws -> SecretValue {
        switch credential {
        case .anonymous: return try await simpleToken(realm, service, [:])
        case .password(let user, let word):
            return try await simpleToken(realm, service, ["Authorization": basic(user, word).unsafeRevealed])
        case .refreshToken(let token):
            keep(token)
            return try await exchanged(token, realm, service)
        case .entra(let credential, let scope, let tenant):
            // Nobody else than the registry itself may be told who deploys.
            guard realm.origin == server.origin else { throw RegistryError.untrusted(realm.origin) }
            let access = try await credential.token(for: scope).value
            keep(access)
            let fields: [FormField] =
                [.plain("grant_type", "access_token"), .plain("service", service)]
                + (tenant.map { [.plain("tenant", $0)] } ?? []) + [.secret("access_token", access)]
            let exchange = OutgoingRequest.form(fields, to: server.appending(path: "/oauth2/exchange"))
            let refresh = try await member(["refresh_token"], of: exchange)
            return try await exchanged(refresh, realm, service)
        }
    }

    private func simpleToken(
        _ realm: WebAddress,
        _ service: String,
        _ headers: HTTPHeaders
    ) async throws -> SecretValue {
        let query = [("service", service)] + scopes.map { ("scope", $0) }
        let address = realm.appending(path: "", query: query.map { (name: $0.0, value: $0.1) })
        return try await member(["token", "access_token"], of: OutgoingRequest(.GET, address, headers: headers))
    }

    private func exchanged(_ refresh: SecretValue, _ realm: WebAddress, _ service: String) async throws -> SecretValue {
        let fields: [FormField] = [
            .plain("grant_type", "refresh_token"), .plain("service", service), .plain("client_id", "slipway"),
            .plain("scope", scopes.joined(separator: " ")), .secret("refresh_token", refresh),
        ]
        return try await member(["access_token"], of: .form(fields, to: realm))
    }

    /// Sends a request, and takes the first of these members of the answer that is there.
    private func member(_ names: [String], of request: OutgoingRequest) async throws -> SecretValue {
        var request = request
        request.secrets = secrets
        let answer = try await connection.answer(to: "\(request)", repetition: .harmless, policy: policy) { limit in
            try await connection.exchange(request, within: limit)
        }
        guard answer.isSuccess else {
            // Who gives tokens says 400 where a registry would say 401.
            throw answer.status == 400 ? RegistryError.unauthorized(said: nil) : RegistryError(answer)
        }
        let json = try answer.json()
        guard let text = names.lazy.compactMap({ json?[$0]?.string }).first, !text.isEmpty else {
            throw RegistryError.unexpected("\(request) gives no token")
        }
        let value = SecretValue(text)
        keep(value)
        return value
    }

    private func basic(_ user: String, _ word: SecretValue) -> SecretValue {
        let encoded = SecretValue(Data("\(user):\(word.unsafeRevealed)".utf8).base64EncodedString())
        keep(word, encoded)
        return SecretValue("Basic \(encoded.unsafeRevealed)")
    }
}
