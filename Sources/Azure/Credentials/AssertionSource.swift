import JSONText
import NIOHTTP1
public import Settings
import WebFormats

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Gives tokens of another provider, to be exchanged for Azure's.
public protocol AssertionSource: Sendable {
    /// What errors call it.
    var name: String { get }
    func assertion() async throws -> SecretValue
}

/// The token that GitHub gives to a job which may ask for it.
///
/// Source: docs.github.com/actions/security-for-github-actions/security-hardening-your-deployments/about-security-hardening-with-openid-connect
struct GitHubAssertion: AssertionSource {
    let name = "GitHub's token"
    let address: WebAddress
    let requestToken: SecretValue
    let audience: String
    let connection: AzureConnection

    func assertion() async throws -> SecretValue {
        guard let target = WebAddress("\(address.text)\(address.query == nil ? "?" : "&")\(audienceField)"),
            target.isConfidential
        else { throw CredentialError.unavailable(source: name, because: "ACTIONS_ID_TOKEN_REQUEST_URL is no address") }
        let message = OutgoingRequest(
            .GET,
            target,
            headers: ["Authorization": "bearer \(requestToken.unsafeRevealed)", "Accept": "application/json"],
            secrets: [requestToken]
        )
        let policy = TokenEndpoint.policy
        let answer = try await connection.answer(to: "\(message)", repetition: .harmless, policy: policy) { limit in
            try await connection.exchange(message, within: limit)
        }
        guard answer.isSuccess else {
            let error = AzureError(refusal: answer)
            throw error.serviceError.map { CredentialError.refused(source: name, $0) } ?? error
        }
        guard let token = try answer.json()?["value"]?.string else {
            throw AzureError(.unreadable("there is no token in it"), in: answer)
        }
        return SecretValue(token)
    }

    private var audienceField: String { "audience=\(PercentEncoding.encode(audience))" }
}

/// The token that a platform keeps fresh in a file, as Kubernetes does.
///
/// It is read anew for each exchange, so that a token which was replaced is never sent.
/// Source: azure-identity `_credentials/workload_identity.py`
struct FileAssertion: AssertionSource {
    /// More than any token.
    private static let sizeLimit = 1 << 20

    let name = "the federated token file"
    let path: String

    func assertion() throws -> SecretValue {
        let size = try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
        guard let size, size <= Self.sizeLimit, let contents = FileManager.default.contents(atPath: path) else {
            throw CredentialError.unavailable(source: name, because: "\(path) cannot be read")
        }
        // A token has no blanks inside, and files tend to end with a line break.
        let token = String(decoding: contents, as: UTF8.self).filter { !$0.isWhitespace }
        guard !token.isEmpty else { throw CredentialError.unavailable(source: name, because: "\(path) is empty") }
        return SecretValue(token)
    }
}
