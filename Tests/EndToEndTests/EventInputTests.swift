import Foundation
import JSONText
import NIOCore
import NIOHTTP1
import Testing

/// Everything that a client can send which is wrong: each gets an error in the documented form, and nobody else notices.
@Suite(.timeLimit(.minutes(5))) struct EventInputTests {
    private static let event = #"{"source":"t","type":"a"}"#

    @Test func `bad tokens, bodies, addresses and connections are refused, and the service stays as it was`()
        async throws
    {
        try await Receiver.listening { receiver, url in
            try await LocalSystem.running(environment: ["NOTIFY_URL": url]) { system in
                let token = try await system.token(for: "ada")
                try await system.send(event: Self.event, token: token)
                let memory = try await system.memory(of: "functions")
                try await checkTokens(system, token)
                try await checkBodies(system, token)
                try await checkAddresses(system, token)
                try await checkHeaders(system, token)
                try await checkConnections(system, token)
                try await checkOddMetadata(system, token, receiver)
                #expect(try await system.request(.GET, "/health").status == 200)
                #expect(try await system.memory(of: "functions") < memory + 96 << 20)
                let services = try await system.status()["services"]?.array ?? []
                #expect(services.allSatisfy { $0["restarts"]?.integer == 0 })
            }
        }
    }

    private func checkTokens(_ system: LocalSystem, _ token: String) async throws {
        func status(_ token: String?) async throws -> Answer {
            try await system.request(.POST, "/api/events", Self.event, token: token)
        }
        let parts = token.split(separator: ".").map(String.init)
        func header(_ text: String) -> String {
            Data(text.utf8).base64EncodedString().replacing("=", with: "").replacing("+", with: "-")
                .replacing("/", with: "_")
        }
        let foreign = header(#"{"sub":"grace","exp":4102444800}"#)
        let bad = [
            nil, "", "a", "..", "\(parts[0]).\(parts[1])", "\(parts[0]).\(parts[1]).",
            "\(header(#"{"alg":"none","typ":"JWT"}"#)).\(parts[1]).",
            "\(header(#"{"alg":"None"}"#)).\(foreign).\(parts[2])",
            "\(header(#"{"alg":"HS512","typ":"JWT"}"#)).\(parts[1]).\(parts[2])",
            "\(header(#"{"alg":"RS256","typ":"JWT"}"#)).\(parts[1]).\(parts[2])",
            "\(parts[0]).\(foreign).\(parts[2])", String(repeating: "a", count: 8000),
        ]
        for token in bad {
            let answer = try await status(token)
            #expect(answer.status == 401, "\(token ?? "none")")
            #expect(answer.errorCode == "unauthorized")
            #expect(answer.headers.first(name: "www-authenticate")?.hasPrefix("Bearer") == true)
        }
        let short = try await system.infra("token", "--user", "ada", "--lifetime", "2").output
            .trimmingCharacters(in: .whitespacesAndNewlines)
        #expect(try await status(short).status == 202)
        // The same one, which the service remembers as sound, and no longer takes.
        try await eventually { try await status(short).status == 401 }
    }

    private func checkBodies(_ system: LocalSystem, _ token: String) async throws {
        func nested(_ depth: Int) -> String {
            let value = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
            return #"{"source":"t","type":"a","metadata":{"x":\#(value)}}"#
        }
        let cases: [(body: String, status: Int, code: String?)] = [
            (nested(1000), 400, "invalid_json"), (nested(100_000), 400, "invalid_json"), (nested(126), 202, nil),
            (nested(127), 400, "invalid_json"), (#"{"source":"t","source":"u","type":"a"}"#, 400, "invalid_json"),
            (#"{"source":"t","type":"a","metadata":{"n":01}}"#, 400, "invalid_json"),
            (#"{"source":"t","type":"a","metadata":{"n":NaN}}"#, 400, "invalid_json"),
            (#"{"source":"t","type":"a","metadata":{"s":"\ud800"}}"#, 400, "invalid_json"),
            (#"{"source":"t","type":"a","metadata":{"n":\#(String(repeating: "9", count: 200_000))}}"#, 202, nil),
            (#"{"source":"t","type":"a","timestamp":"2023-02-30T00:00:00Z"}"#, 400, "invalid_event"),
            ("", 400, "invalid_json"), ("null", 400, "invalid_event"), ("\u{FEFF}\(Self.event)", 400, "invalid_json"),
            (String(repeating: "x", count: 300_000), 413, "too_large"),
        ]
        for (body, status, code) in cases {
            let answer = try await system.request(.POST, "/api/events", body, token: token)
            #expect(answer.status == status, "\(body.prefix(100))")
            #expect(answer.errorCode == code, "\(body.prefix(100))")
        }
        // Its sender is told before all of it has come.
        let large = try await RawConnection.exchange(
            Self.post("/api/events", token, length: 10 << 20) + String(repeating: "x", count: 10 << 20),
            port: system.eventsPort
        )
        #expect(large.hasPrefix("HTTP/1.1 413 ") && large.contains("too_large"), "\(large)")
        let start = Self.post("/api/events", token, length: 30) + #"{"source":"t","type":"a","x":""#
        let invalid = Array(start.utf8) + [0xFF, 0xFE] + Array(#""}"#.utf8)
        let answer = try await RawConnection.exchange(invalid, port: system.eventsPort)
        #expect(answer.hasPrefix("HTTP/1.1 400") && answer.contains("not UTF-8"), "\(answer)")
    }

    private func checkAddresses(_ system: LocalSystem, _ token: String) async throws {
        let unknown = String(repeating: "0", count: 32)
        for (method, path, status) in [
            ("GET", "/api/events", 405), ("PUT", "/api/posts", 405), ("PATCH", "/api/posts/\(unknown)", 405),
            ("TRACE", "/api/events", 405), ("GET", "/api/nothing", 404), ("GET", "/", 404),
            ("GET", "/api/posts/\(unknown)", 404), ("GET", "/api/posts/..%2F..%2Fetc%2Fpasswd", 404),
            ("GET", "/api/posts/%2e%2e", 404), ("GET", "/api/schedule/%2F", 404), ("GET", "/api/schedule/%00", 404),
            ("DELETE", "/api/schedule/..%2F\(unknown)", 404), ("GET", "/api/schedule/%ff%fe", 404),
            ("GET", "/api/schedule/%27%20OR%201=1--", 404), ("GET", "/api/../api/posts", 404),
            ("DELETE", "/api/posts/\(String(repeating: "a", count: 7000))", 404),
        ] {
            let answer = try await RawConnection.exchange(
                "\(method) \(path) HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(token)\r\nConnection: close\r\n\r\n",
                port: system.eventsPort
            )
            #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(method) \(path.prefix(60)): \(answer)")
            #expect(answer.contains(#"{"error":{"code":""#), "\(method) \(path.prefix(60))")
            #expect((answer.contains("\r\nAllow: ")) == (status == 405), "\(method) \(path.prefix(60))")
        }
    }

    private func checkHeaders(_ system: LocalSystem, _ token: String) async throws {
        let refused = [("Idempotency-Key", ""), ("Idempotency-Key", String(repeating: "k", count: 256))]
        for header in refused + [("Idempotency-Key", "ké")] {
            let answer = try await system.request(.POST, "/api/events", Self.event, token: token, headers: [header])
            #expect(answer.status == 400 && answer.errorCode == "invalid_idempotency_key", "\(header)")
        }
        for id in ["a b", "a\tSet-Cookie: x", String(repeating: "a", count: 129), "é", "<script>"] {
            let answer = try await system.request(.GET, "/health", headers: [("X-Request-Id", id)])
            #expect(answer.status == 200)
            #expect(answer.headers["x-request-id"].count == 1 && answer.headers.first(name: "x-request-id") != id)
        }
        let kept = try await system.request(.GET, "/health", headers: [("X-Request-Id", "a-B_3.4")])
        #expect(kept.headers["x-request-id"] == ["a-B_3.4"])
        for injected in ["Idempotency-Key: a\rX: b", "Idempotency-Key: a\u{0}b", "X-Request-Id: a\u{1}b", "No colon"] {
            let answer = try await RawConnection.exchange(
                "GET /health HTTP/1.1\r\nHost: a\r\n\(injected)\r\n\r\n",
                port: system.eventsPort
            )
            #expect(answer.hasPrefix("HTTP/1.1 400 "), "\(injected): \(answer)")
        }
        let media = try await system.request(
            .POST,
            "/api/events",
            token: token,
            headers: [("content-type", "text/xml")]
        )
        #expect(media.status == 415 && media.errorCode == "unsupported_media_type")
    }

    /// Requests that lie about their length, dribble or never end.
    private func checkConnections(_ system: LocalSystem, _ token: String) async throws {
        let port = system.eventsPort
        let head = Self.post("/api/events", token, length: nil)
        for lie in [
            "Content-Length: -1", "Content-Length: 9x", "Content-Length: 5\r\nContent-Length: 6",
            "Content-Length: 99999999999999999999", "Transfer-Encoding: chunked\r\nContent-Length: 5",
        ] {
            let answer = try await RawConnection.exchange("\(head)\(lie)\r\n\r\n5\r\n{}{}{\r\n0\r\n\r\n", port: port)
            #expect(answer.hasPrefix("HTTP/1.1 4"), "\(lie): \(answer)")
        }
        async let endless = RawConnection.flood(
            "\(head)Transfer-Encoding: chunked\r\n\r\n",
            piece: "1000\r\n\(String(repeating: " ", count: 4096))\r\n",
            port: port
        )
        async let slow = RawConnection.exchange("\(head)Content-Length: 50\r\n\r\n{", port: port)
        // Others are served all the while.
        try await system.send(event: Self.event, token: token)
        let (endlessAnswer, slowAnswer) = try await (endless, slow)
        #expect(endlessAnswer.hasPrefix("HTTP/1.1 413 "), "\(endlessAnswer)")
        #expect(slowAnswer.hasPrefix("HTTP/1.1 408 "), "\(slowAnswer)")
    }

    private func checkOddMetadata(_ system: LocalSystem, _ token: String, _ receiver: Receiver) async throws {
        let numbers = #"[1e400,12345678901234567890,-0.0,1.0,0.1e-7,9007199254740993]"#
        let deep = (0..<30).reduce(#"{"n":\#(numbers),"z":1,"a":"\u0000\u2028é","":{}}"#) { inner, level in
            level.isMultiple(of: 2) ? #"{"b":\#(inner),"a":[]}"# : "[\(inner),null]"
        }
        let body = #"{"source":"t","type":"user.message","metadata":{"text":"odd","x":\#(deep)}}"#
        #expect(try await system.request(.POST, "/api/events", body, token: token).status == 202)
        try await eventually { receiver.received["odd"] == 1 }
        let delivered = receiver.delivered.first { $0["text"] == "odd" }
        #expect(delivered?["event"]?["metadata"]?["x"] == (try JSON(parsing: deep)))
    }

    /// The beginning of a request, with room for more headers where no length is given.
    private static func post(_ path: String, _ token: String, length: Int?) -> String {
        let head =
            "POST \(path) HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(token)\r\n"
            + "Content-Type: application/json\r\n"
        return length.map { "\(head)Connection: close\r\nContent-Length: \($0 + 4)\r\n\r\n" } ?? head
    }
}

extension LocalSystem {
    fileprivate func send(event: String, token: String) async throws {
        #expect(try await request(.POST, "/api/events", event, token: token).status == 202)
    }
}
