import AsyncHTTPClient
import FakeUpstream
import JSONText
import ModelStreaming
import NIOHTTP1
import ServiceKit
import Settings
import Testing

@testable import ChatAPI

@Suite(.timeLimit(.minutes(1)))
struct ConversationTests {
    @Test func `the next message brings what was said before`() async throws {
        try await RunningChat.run { chat in
            let (first, _) = try await chat.ask(["message": "I am Ada.", "stream": false], answer: "Hello Ada")
            let id = first["conversation_id"] ?? .null
            let (second, call) = try await chat.ask(
                ["message": "Who am I?", "stream": false, "conversation_id": id, "system": "Be brief."]
            )
            #expect(second["conversation_id"] == id)
            #expect(
                try call.messages == [
                    "system: Be brief.", "user: I am Ada.", "assistant: Hello Ada", "user: Who am I?",
                ]
            )
        }
    }

    @Test func `a thread alone continues its conversation`() async throws {
        try await RunningChat.run { chat in
            try await chat.ask(["message": "one", "stream": false, "thread_id": "t1"])
            let (_, call) = try await chat.ask(["message": "two", "stream": false, "thread_id": "t1"])
            #expect(try call.messages.count == 4)
        }
    }

    @Test func `the model is shown the last fifty pairs`() async throws {
        try await RunningChat.run { chat in
            let key = ConversationKey(id: "c1", owner: "")
            for number in 1...60 {
                let pair = [
                    ChatMessage(role: .user, content: "q\(number)"),
                    ChatMessage(role: .assistant, content: "a\(number)"),
                ]
                try await chat.store.append(pair, to: key)
            }
            let (_, call) = try await chat.ask(["message": "now", "stream": false, "conversation_id": "c1"])
            let messages = try call.messages
            #expect(messages.count == 102)
            #expect(messages[1] == "user: q11")
            #expect(messages.last == "user: now")
        }
    }

    @Test func `a question without an answer is not kept`() async throws {
        try await RunningChat.run { chat in
            async let asked = chat.post("/api/chat", ["message": "lost", "conversation_id": "c1"])
            try await chat.upstream.nextCall().refuse(.unauthorized)
            #expect(try await asked.status == .badGateway)
            let (_, call) = try await chat.ask(["message": "again", "stream": false, "conversation_id": "c1"])
            #expect(try call.messages.count == 2)
        }
    }

    // MARK: Tokens

    static let key = SecretValue("a-signing-key-that-is-long-enough-for-hs256")

    static func bearer(_ user: String) async throws -> HTTPHeaders {
        let token = try await BearerIssuer(signingKey: key).token(for: user, lifetime: .seconds(60))
        return ["Authorization": "Bearer \(token)"]
    }

    @Test(arguments: ["/api/chat", "/api/chat/stream"])
    func `with a signing key, every route wants a token`(path: String) async throws {
        try await RunningChat.run(adjust: { $0.signingKey = Self.key }) { chat in
            for headers: HTTPHeaders in [[:], ["Authorization": "Bearer nonsense"], ["Authorization": "Basic eDp5"]] {
                let response = try await chat.post(path, ["message": "Hi"], headers: headers)
                #expect(response.status == .unauthorized)
                #expect(response.headers["WWW-Authenticate"].first?.hasPrefix("Bearer") == true)
                #expect(try await response.json()["error"]?["code"] == "unauthorized")
            }
            #expect(try await chat.get("/", headers: ["Accept": "text/html"]).status == .ok)
        }
    }

    @Test func `another's conversation does not exist`() async throws {
        try await RunningChat.run(adjust: { $0.signingKey = Self.key }) { chat in
            let question: JSON = ["message": "Hi", "stream": false, "conversation_id": "c1"]
            try await chat.ask(question, headers: Self.bearer("ada"))
            let foreign = try await chat.post("/api/chat", question, headers: Self.bearer("eve"))
            #expect(foreign.status == .notFound)
            #expect(try await foreign.json()["error"]?["code"] == "not_found")
            let (_, call) = try await chat.ask(question, headers: Self.bearer("ada"))
            #expect(try call.messages.count == 4)
        }
    }
}
