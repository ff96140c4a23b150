import NIOHTTP1
import WebFormats

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Sends requests to a service that keeps data, each try with a date and a signature of its own.
///
/// Every request may be repeated. One that was cut off may have been done all the same, and its repetition then meets
/// what the first try has left: a conflict of one's own making. ``Answer/mayMeetItself`` says when that is possible.
struct DataPlane: Sendable {
    let server: WebAddress
    let connection: AzureConnection
    let policy: RetryPolicy
    let proof: Proof

    /// How a request shows who sends it.
    enum Proof: Sendable {
        /// The value of `Authorization`, made from a token.
        case token(TokenCache, TokenScope, @Sendable (AccessToken) -> String)
        /// The value of `Authorization`, made from the request as it is sent.
        case signature(@Sendable (OutgoingRequest) -> String)
    }

    struct Answer: Sendable {
        let response: AzureResponse
        /// Whether an earlier try may have had an effect that nobody told of.
        let mayMeetItself: Bool

        var status: Int { response.status }

        /// The tag that the answer names.
        func tag() throws(AzureError) -> String {
            guard let tag = response.headers.first(name: "ETag") else {
                throw AzureError(.unreadable("there is no tag"), in: response)
            }
            return tag
        }
    }

    /// Sends a request until there is an answer that stands.
    ///
    /// - Returns: The answer, whatever its status.
    /// - Throws: ``AzureError`` where there is none, ``CredentialError``, `CancellationError`.
    func answer(to message: OutgoingRequest) async throws -> Answer {
        guard server.covers(message.address), message.address.isConfidential else {
            throw AzureError(.untrusted(message.address.origin), request: "\(message)")
        }
        var isUncertain = false
        var wasUncertain = false
        var hasFreshToken = false
        let response = try await connection.answer(to: "\(message)", repetition: .harmless, policy: policy) { limit in
            wasUncertain = isUncertain
            do {
                let answer = try await exchange(message, within: limit, renewsToken: &hasFreshToken)
                if answer.status >= 500 || answer.status == 408 { isUncertain = true }
                return answer
            } catch let failure as TransportFailure {
                if failure.stage != .beforeSending { isUncertain = true }
                throw failure
            }
        }
        return Answer(response: response, mayMeetItself: wasUncertain)
    }

    private func exchange(
        _ message: OutgoingRequest,
        within limit: Duration,
        renewsToken hasFreshToken: inout Bool
    ) async throws -> AzureResponse {
        // The date is a part of what is signed, and good for 15 minutes.
        var message = message
        let date = HTTPDate(secondsSince1970: Int(connection.time.now().timeIntervalSince1970))
        message.headers.replaceOrAdd(name: "x-ms-date", value: date.text)
        message.headers.replaceOrAdd(name: "x-ms-client-request-id", value: connection.random.identifier())
        switch proof {
        case .signature(let sign):
            message.headers.replaceOrAdd(name: "Authorization", value: sign(message))
            return try await connection.exchange(message, within: limit)
        case .token(let tokens, let scope, let form):
            let token = try await tokens.token(for: scope)
            let answer = try await connection.exchange(message.proving(token, form), within: limit)
            guard answer.status == 401, !hasFreshToken else { return answer }
            // The token may have been withdrawn before it ran out. Once: a fresh one that is refused is a fact.
            hasFreshToken = true
            tokens.discard(token, for: scope)
            let fresh = try await tokens.token(for: scope)
            return try await connection.exchange(message.proving(fresh, form), within: limit)
        }
    }
}

extension OutgoingRequest {
    fileprivate func proving(_ token: AccessToken, _ form: (AccessToken) -> String) -> OutgoingRequest {
        var message = self
        message.headers.replaceOrAdd(name: "Authorization", value: form(token))
        message.secrets.append(token.value)
        return message
    }
}
