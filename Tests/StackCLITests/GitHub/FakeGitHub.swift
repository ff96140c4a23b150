import AsyncHTTPClient
import Azure
import FakeUpstream
import JSONText
import NIOHTTP1
import TestInstruments

@testable import StackCLI

/// A GitHub on loopback with the comments of one pull request, which can be told to fail.
final class FakeGitHub: Sendable {
    struct Comment: Sendable, Equatable {
        var id: Int
        var author: String
        var body: String
    }

    struct Fault: Sendable {
        var status: Int
        var wait: Int?
        /// Whether the request does what it says before it is answered like this.
        var isLate = false
    }

    private struct State {
        var comments: [Comment]
        var faults: [Fault]
        var requests: [String] = []
    }

    static let token = "ghs_secret"
    static let comments = "/repos/ada/harbour/issues/7/comments"
    private static let pageSize = 100
    private static let robot = "github-actions[bot]"

    private let state: Shared<State>
    private let answers: [String: JSON]

    private init(_ comments: [Comment], _ faults: [Fault], _ answers: [String: JSON]) {
        self.state = Shared(State(comments: comments, faults: faults))
        self.answers = answers
    }

    var all: [Comment] { state.withLock { $0.comments } }
    /// Methods and paths, in their order.
    var requests: [String] { state.withLock { $0.requests } }

    /// Runs it for as long as the body of a test.
    static func run(
        _ comments: [Comment] = [],
        failing faults: [Fault] = [],
        answering answers: [String: JSON] = [:],
        _ body: @Sendable (FakeGitHub, _ address: String) async throws -> Void
    ) async throws {
        try await FakeUpstream.run { upstream in
            let github = FakeGitHub(comments, faults, answers)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    while true { try await github.answer(try await upstream.nextCall()) }
                }
                defer { group.cancelAll() }
                try await body(github, "http://127.0.0.1:\(upstream.port)")
            }
        }
    }

    /// The same with a client that waits for nothing.
    static func withClient(
        _ comments: [Comment] = [],
        failing faults: [Fault] = [],
        answering answers: [String: JSON] = [:],
        token: String? = FakeGitHub.token,
        _ body: @Sendable (FakeGitHub, GitHubClient, InstantClock) async throws -> Void
    ) async throws {
        try await run(comments, failing: faults, answering: answers) { github, address in
            let variables = ["GITHUB_API_URL": address, "GITHUB_TOKEN": token ?? ""]
            let environment = UserEnvironment(variables: variables, file: EnvironmentFile([]))
            let clock = InstantClock()
            let http = HTTPClient(configuration: .azure)
            do {
                try await body(github, try GitHubClient(environment, client: http, clock: clock), clock)
                try await http.shutdown()
            } catch {
                try? await http.shutdown()
                throw error
            }
        }
    }

    private func answer(_ call: UpstreamCall) async throws {
        let (status, headers, body) = response(to: call)
        try await call.refuse(.init(statusCode: status), headers: headers, body: body.text)
    }

    private func response(to call: UpstreamCall) -> (Int, HTTPHeaders, JSON) {
        let path = String(call.head.uri.prefix { $0 != "?" })
        let fault = state.withLock { state in
            state.requests.append("\(call.head.method.rawValue) \(path)")
            return state.faults.isEmpty ? nil : state.faults.removeFirst()
        }
        if let fault, fault.status != 0 {
            if fault.isLate { _ = honest(call, path) }
            let headers: HTTPHeaders = fault.wait.map { ["Retry-After": "\($0)"] } ?? [:]
            return (fault.status, headers, ["message": "not now"])
        }
        return honest(call, path)
    }

    private func honest(_ call: UpstreamCall, _ path: String) -> (Int, HTTPHeaders, JSON) {
        guard call.head.headers.first(name: "User-Agent") != nil else { return (403, [:], ["message": "no agent"]) }
        if call.head.method == .GET, let answer = answers[path] { return (200, [:], answer) }
        guard call.head.headers.first(name: "Authorization") == "Bearer \(Self.token)" else {
            return (401, [:], ["message": "Bad credentials"])
        }
        let text = (try? JSON(parsing: call.body))?["body"]?.string
        switch (call.head.method, path) {
        case (.GET, Self.comments): return (200, [:], page(of: call.head.uri))
        case (.POST, Self.comments):
            guard let text, text.unicodeScalars.count <= 65_536 else { return (422, [:], ["message": "too long"]) }
            state.withLock { state in
                let id = (state.comments.map(\.id).max() ?? 0) + 1
                state.comments.append(Comment(id: id, author: Self.robot, body: text))
            }
            return (201, [:], [:])
        case (.PATCH, _):
            let id = path.split(separator: "/").last.flatMap { Int($0) }
            guard let text, path == "/repos/ada/harbour/issues/comments/\(id ?? 0)" else { break }
            state.withLock { state in
                for index in state.comments.indices where state.comments[index].id == id {
                    state.comments[index].body = text
                }
            }
            return (200, [:], [:])
        default: break
        }
        return (404, [:], ["message": "Not Found"])
    }

    private func page(of uri: String) -> JSON {
        let number = uri.split(separator: "&").first { $0.hasPrefix("page=") }.flatMap { Int($0.dropFirst(5)) } ?? 1
        let page = all.dropFirst((number - 1) * Self.pageSize).prefix(Self.pageSize)
        return .array(
            page.map { comment in
                ["id": JSON(comment.id), "body": .string(comment.body), "user": ["login": .string(comment.author)]]
            }
        )
    }
}
