import FakeUpstream
import Foundation
import NIOHTTP1
import TestInstruments

/// A registry that refuses at one step, and repeats whatever it has ever been shown wherever it can.
struct RepeatingRegistry: Sendable {
    /// What of a push it refuses.
    enum Step: CaseIterable {
        case exchange
        case token
        case look
        case beginning
        case sending
        case manifest
    }

    static let refresh = "canary-refresh-77ab"
    static let access = "canary-access-03fe"

    let upstream: FakeUpstream
    /// Whether it wants passwords themselves, and no tokens for them.
    let isBasic: Bool
    let step: Step
    let status: HTTPResponseStatus
    private let seen = Shared<[String]>([])

    init(upstream: FakeUpstream, isBasic: Bool, refusing step: Step, with status: HTTPResponseStatus) {
        self.upstream = upstream
        self.isBasic = isBasic
        self.step = step
        self.status = status
    }

    var host: String { "127.0.0.1:\(upstream.port)" }

    /// Answers until the task is cancelled.
    func serve() async throws {
        while true {
            let call = try await upstream.nextCall()
            note(call)
            let words = seen.withLock { $0 }.joined(separator: " ")
            let (status, more, body) = answer(to: call, repeating: words)
            var headers: HTTPHeaders = ["Docker-Content-Digest": words, "x-ms-request-id": words]
            headers.add(contentsOf: more)
            try await call.refuse(status, headers: headers, body: call.head.method == .HEAD ? "" : body)
        }
    }

    /// Remembers what was shown, as it came and as it was meant.
    private func note(_ call: UpstreamCall) {
        var texts = call.head.headers["Authorization"]
        texts += texts.compactMap { $0.split(separator: " ").last }
            .compactMap { Data(base64Encoded: String($0)) }.map { String(decoding: $0, as: UTF8.self) }
        if call.head.headers.first(name: "Content-Type") == "application/x-www-form-urlencoded" {
            texts.append(call.body)
            texts += call.body.split(separator: "&")
                .compactMap { $0.split(separator: "=").last.flatMap { String($0).removingPercentEncoding } }
        }
        remember(texts)
    }

    private func remember(_ texts: [String]) {
        seen.withLock { seen in seen += texts.filter { !seen.contains($0) } }
    }

    private func answer(to call: UpstreamCall, repeating words: String) -> (HTTPResponseStatus, HTTPHeaders, String) {
        let current = Self.step(of: call)
        let said = #"{"errors":[{"code":"ECHO","message":"\#(words)"}],"error_description":"\#(words)"}"#
        if current == step, current == .token || current == .exchange { return (status, [:], said) }
        switch current {
        case .exchange:
            remember([Self.refresh])
            return (.ok, [:], #"{"refresh_token":"\#(Self.refresh)"}"#)
        case .token:
            remember([Self.access])
            return (.ok, [:], #"{"access_token":"\#(Self.access)"}"#)
        case .look, .beginning, .sending, .manifest, nil: break
        }
        let challenge = isBasic ? "Basic realm=\"x\"" : "Bearer realm=\"http://\(host)/oauth2/token\",service=\"s\""
        guard call.head.headers.contains(name: "Authorization") else {
            return (.unauthorized, ["WWW-Authenticate": challenge], said)
        }
        if current == step { return (status, ["WWW-Authenticate": challenge], said) }
        switch current {
        case .beginning: return (.accepted, ["Location": "/v2/hello/blobs/uploads/one"], said)
        case .sending where call.head.method == .PATCH:
            return (.accepted, ["Location": "/v2/hello/blobs/uploads/one"], said)
        case .sending, .manifest: return (.created, [:], said)
        case .look, .exchange, .token, nil: return (.notFound, [:], said)
        }
    }

    private static func step(of call: UpstreamCall) -> Step? {
        let path = call.head.uri.prefix { $0 != "?" }
        switch call.head.method {
        case _ where path == "/oauth2/exchange": return .exchange
        case _ where path == "/oauth2/token": return .token
        case .HEAD where path.contains("/manifests/"): return .look
        case .POST: return .beginning
        case .PUT where path.contains("/manifests/"): return .manifest
        case .PUT, .PATCH: return .sending
        default: return nil
        }
    }
}
