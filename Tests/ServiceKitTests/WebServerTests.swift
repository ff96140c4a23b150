import HTTPTypes
import Hummingbird
import HummingbirdTesting
import JSONText
import Logging
import TestInstruments
import Testing

@testable import ServiceKit

struct WebServerTests {
    @Test func `health says who answers`() async throws {
        try await answering { client in
            try await client.execute(uri: "/health", method: .get) { response in
                #expect(response.status == .ok)
                #expect(String(buffer: response.body) == #"{"status":"healthy","service":"sample","version":"9"}"#)
            }
        }
    }

    @Test func `a request id is taken over when it is harmless, and made otherwise`() async throws {
        try await answering { client in
            for (given, isKept) in [("abc-1", true), (String(repeating: "a", count: 129), false), ("a b", false)] {
                try await client.execute(uri: "/health", method: .get, headers: [.requestID: given]) { response in
                    let id = response.headers[.requestID] ?? ""
                    #expect((id == given) == isKept)
                    #expect(!id.isEmpty)
                }
            }
        }
    }

    @Test(arguments: [
        (Problem(path: "/nowhere", method: .get), 404, "not_found"),
        (Problem(path: "/echo", body: "{", type: "application/json"), 400, "invalid_json"),
        (Problem(path: "/echo", body: "{}", type: "text/plain"), 415, "unsupported_media_type"),
        (Problem(path: "/echo", body: "{}", type: nil), 415, "unsupported_media_type"),
        (Problem(path: "/echo", body: String(repeating: " ", count: 1025), type: "application/json"), 413, "too_large"),
        (Problem(path: "/fail", method: .get), 500, "internal"),
        (Problem(path: "/echo", method: .get), 405, "method_not_allowed"),
        (Problem(path: "/health", method: .delete), 405, "method_not_allowed"),
        (Problem(path: "/echo", method: HTTPRequest.Method("BREW") ?? .get), 405, "method_not_allowed"),
    ])
    func `every error has the same form`(problem: Problem, status: Int, code: String) async throws {
        try await answering { client in
            try await client.execute(
                uri: problem.path,
                method: problem.method,
                headers: problem.type.map { [.contentType: $0] } ?? [:],
                body: ByteBuffer(string: problem.body)
            ) { response in
                #expect(response.status.code == status)
                let error = try JSON(parsing: response.body.readableBytesView)["error"]
                #expect(error?["code"]?.string == code)
                #expect(error?["message"]?.string?.isEmpty == false)
                #expect(error?["details"]?.array != nil)
                #expect(!String(buffer: response.body).contains("password"))
            }
        }
    }

    @Test func `a good document is read, whatever the parameters of its type`() async throws {
        try await answering { client in
            let headers: HTTPFields = [.contentType: "Application/JSON; charset=utf-8"]
            try await client.execute(uri: "/echo", method: .post, headers: headers, body: ByteBuffer(string: "[1.0]")) {
                #expect(String(buffer: $0.body) == "[1.0]")
            }
        }
    }

    @Test func `a wrong method is told the right ones`() async throws {
        try await answering { client in
            try await client.execute(uri: "/echo", method: .delete) { #expect($0.headers[.allow] == "POST") }
        }
    }

    @Test func `the service is described where it has a description`() async throws {
        try await answering { client in
            try await client.execute(uri: "/openapi.json", method: .get) {
                #expect(String(buffer: $0.body) == #"{"openapi":"3.1.0"}"#)
            }
        }
    }

    @Test(arguments: [true, false])
    func `a service is ready when what it needs is there`(isThere: Bool) async throws {
        let check = DependencyCheck("broker") { if !isThere { throw Secretive() } }
        try await answering(dependencies: [DependencyCheck("model") {}, check]) { client in
            try await client.execute(uri: "/ready", method: .get) { response in
                #expect(response.status == (isThere ? .ok : .serviceUnavailable))
                let said = try JSON(parsing: response.body.readableBytesView)
                #expect(said["status"]?.string == (isThere ? "ready" : "unready"))
                #expect(said["dependencies"] == ["model": "ok", "broker": isThere ? "ok" : "away"])
            }
        }
    }

    @Test func `many who ask whether the service is ready are one question`() async throws {
        let questions = Shared(0)
        let check = DependencyCheck("broker") { questions.withLock { $0 += 1 } }
        try await answering(dependencies: [check]) { client in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<50 {
                    group.addTask { try await client.execute(uri: "/ready", method: .get) { _ in } }
                }
                try await group.waitForAll()
            }
        }
        #expect(questions.withLock { $0 } == 1)
    }

    struct Problem: Sendable {
        var path: String
        var method: HTTPRequest.Method = .post
        var body = ""
        var type: String?
    }

    private struct Secretive: Error, CustomStringConvertible {
        let description = "the password is 1234"
    }

    private func answering(
        dependencies: [DependencyCheck] = [],
        _ test: @escaping @Sendable (any TestClientProtocol) async throws -> Void
    ) async throws {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        var identity = ServiceIdentity(name: "sample", version: "9")
        identity.document = Array(#"{"openapi":"3.1.0"}"#.utf8)
        identity.dependencies = dependencies
        let server = WebServer(
            identity: identity,
            host: "127.0.0.1",
            port: 0,
            logger: logger
        ) { router in
            router.post("echo") { request, _ in Response.json(try await request.json(upTo: 1024)) }
            router.get("fail") { _, _ -> Response in throw Secretive() }
        }
        try await server.application.test(.router) { try await test($0) }
    }
}
