import FakeUpstream
import Images
import JSONText
import NIOHTTP1
import TestInstruments

/// A registry that follows Azure's contract to the letter, and forgives less than the real one.
///
/// Its tokens are good for three requests, for its own repository and for what was asked for; places of uploads are
/// good once. What it keeps is gone with it.
struct StrictRegistry: Sendable {
    static let entra = "canary-entra-9c41"
    static let refresh = "canary-refresh-77ab"
    static let access = "canary-access-03fe"

    struct State: Sendable {
        var tokens: [String: Int] = [:]
        var places: Set<String> = []
        var blobs: Set<String> = []
        var manifests: [String: String] = [:]
        var exchanges = 0
        /// What a client did wrong.
        var complaints: [String] = []
    }

    let upstream: FakeUpstream
    let state = Shared(State())
    /// Whether it lists what refers to an image.
    var keepsReferrers = false

    var host: String { "127.0.0.1:\(upstream.port)" }

    private struct Answer: Sendable {
        var status: HTTPResponseStatus
        var headers: HTTPHeaders = [:]
        var body: JSON = [:]
    }

    /// Answers until the task is cancelled.
    func serve() async throws {
        while true {
            let call = try await upstream.nextCall()
            let answer = state.withLock { (state: inout State) -> Answer in self.answer(call, &state) }
            try await call.refuse(
                answer.status,
                headers: answer.headers,
                body: call.head.method == .HEAD ? "" : answer.body.text
            )
        }
    }

    private func answer(_ call: UpstreamCall, _ state: inout State) -> Answer {
        let parts = call.head.uri.split(separator: "?", maxSplits: 1)
        let path = String(parts.first ?? "")
        let query = Self.fields(parts.count > 1 ? String(parts[1]) : "")
        switch path {
        case "/oauth2/exchange": return exchange(call, &state)
        case "/oauth2/token": return token(call, &state)
        default: break
        }
        let shown = call.head.headers.first(name: "Authorization") ?? ""
        guard shown.hasPrefix("Bearer "), let left = state.tokens[String(shown.dropFirst(7))], left > 0 else {
            let realm = "Bearer realm=\"http://\(host)/oauth2/token\",service=\"shop.example\",error=\"invalid_token\""
            return Answer(status: .unauthorized, headers: ["WWW-Authenticate": realm], body: Self.error("UNAUTHORIZED"))
        }
        state.tokens[String(shown.dropFirst(7))] = left - 1
        return content(call, path, query, &state)
    }

    private func exchange(_ call: UpstreamCall, _ state: inout State) -> Answer {
        let fields = Self.fields(call.body)
        guard call.head.method == .POST, isForm(call),
            fields == [
                "grant_type": "access_token", "service": "shop.example", "tenant": "a-tenant",
                "access_token": Self.entra,
            ]
        else { return complain("exchange: \(fields.keys.sorted())", &state) }
        state.exchanges += 1
        return Answer(status: .ok, body: ["refresh_token": .string(Self.refresh)])
    }

    private func token(_ call: UpstreamCall, _ state: inout State) -> Answer {
        let fields = Self.fields(call.body)
        guard call.head.method == .POST, isForm(call), fields["grant_type"] == "refresh_token",
            fields["service"] == "shop.example", fields["scope"] == "repository%3Ahello%3Apull%2Cpush",
            fields["refresh_token"] == Self.refresh
        else { return complain("token: \(fields.keys.sorted())", &state) }
        let token = "\(Self.access)-\(state.tokens.count)"
        state.tokens[token] = 3
        return Answer(status: .ok, body: ["access_token": .string(token)])
    }

    private func content(
        _ call: UpstreamCall,
        _ path: String,
        _ query: [String: String],
        _ state: inout State
    ) -> Answer {
        let words = path.split(separator: "/").map(String.init)
        guard words.starts(with: ["v2", "hello"]), words.count >= 4 else { return complain(path, &state) }
        switch (call.head.method, words[2]) {
        case (.HEAD, "blobs"): return Answer(status: state.blobs.contains(words[3]) ? .ok : .notFound)
        case (.POST, "blobs"), (.PATCH, "blobs"):
            if call.head.method == .PATCH, state.places.remove(call.head.uri) == nil { return complain(path, &state) }
            let place = "/v2/hello/blobs/uploads/one?_state=\(state.tokens.count).\(state.places.count)"
            state.places.insert(place)
            return Answer(status: .accepted, headers: ["Location": place])
        case (.PUT, "blobs"):
            let place = call.head.uri.firstRange(of: "&digest=").map { String(call.head.uri[..<$0.lowerBound]) }
            guard let place, state.places.remove(place) != nil, let digest = query["digest"] else {
                return complain("the place of an upload is not as it was given", &state)
            }
            state.blobs.insert(digest)
            return Answer(status: .created, headers: ["Docker-Content-Digest": digest])
        case (.HEAD, "manifests"):
            guard let manifest = state.manifests[words[3]] else { return Answer(status: .notFound) }
            return Answer(status: .ok, headers: ["Docker-Content-Digest": "\(ContentDigest(of: Array(manifest.utf8)))"])
        case (.GET, "referrers") where keepsReferrers: return Answer(status: .ok, body: referrers(of: words[3], state))
        case (.GET, "manifests"), (.GET, "referrers"): return Answer(status: .notFound, body: Self.error("NOT_FOUND"))
        case (.PUT, "manifests"): return put(call, words[3], &state)
        default: return complain("\(call.head.method) \(path)", &state)
        }
    }

    private func put(_ call: UpstreamCall, _ name: String, _ state: inout State) -> Answer {
        let manifest = try? JSON(parsing: call.body)
        let type = call.head.headers.first(name: "Content-Type")
        guard let manifest, manifest["mediaType"]?.string == type else { return complain("a manifest's type", &state) }
        let needed = ([manifest["config"]] + (manifest["layers"]?.array ?? [])).compactMap { $0?["digest"]?.string }
        guard needed.allSatisfy(state.blobs.contains) else { return complain("a manifest without its blobs", &state) }
        state.manifests[name] = call.body
        let subject = manifest["subject"]?["digest"]?.string
        return Answer(
            status: .created,
            headers: keepsReferrers ? subject.map { ["OCI-Subject": $0] } ?? [:] : [:]
        )
    }

    private func referrers(of subject: String, _ state: State) -> JSON {
        let manifests = state.manifests.filter { name, manifest in
            name.hasPrefix("sha256:")
                && (try? JSON(parsing: manifest))?["subject"]?["digest"]?.string == subject
        }
        let descriptors = manifests.sorted { $0.key < $1.key }
            .map { ContentDescriptor(.manifest, of: Array($0.value.utf8)) }
        return ImageIndex(manifests: descriptors).json
    }

    private func isForm(_ call: UpstreamCall) -> Bool {
        call.head.headers.first(name: "Content-Type") == "application/x-www-form-urlencoded"
    }

    private func complain(_ words: String, _ state: inout State) -> Answer {
        state.complaints.append(words)
        return Answer(status: .badRequest, body: Self.error("BAD"))
    }

    /// Repeats what it was shown, as servers should not.
    static func error(_ code: String) -> JSON {
        ["errors": [["code": .string(code), "message": .string("\(entra) \(refresh) \(access)")]]]
    }

    private static func fields(_ text: String) -> [String: String] {
        text.split(separator: "&").reduce(into: [:]) { fields, field in
            let pair = field.split(separator: "=", maxSplits: 1).map(String.init)
            fields[pair[0]] = pair.count > 1 ? pair[1] : ""
        }
    }
}
