import AsyncHTTPClient
import FakeUpstream
import JSONText
import ModelStreaming
import NIOHTTP1
import ServiceKit
import Settings
import Testing

@testable import ChatAPI

/// Conversations that come whole, and what can be seen of those that are kept.
@Suite(.timeLimit(.minutes(1))) struct ConversationFormTests {
    static let id = "7d0bd2a4-8f5f-4a0e-9c8e-2f6f3f0a3b11"

    static func messages(_ pairs: (String, String)...) -> JSON {
        .array(pairs.map { ["role": .string($0.0), "content": .string($0.1)] })
    }

    static func body(_ pairs: (String, String)...) -> JSON {
        .compact([
            "chatId": .string(id), "stream": false,
            "messages": .array(pairs.map { ["role": .string($0.0), "content": .string($0.1)] }),
        ])
    }

    @Test func `a conversation that comes whole is answered with events and kept`() async throws {
        try await RunningChat.run { chat in
            let body: JSON = [
                "chatId": .string(Self.id),
                "messages": Self.messages(("system", "Be brief."), ("user", "a"), ("assistant", "b"), ("user", "c")),
            ]
            async let response = chat.post("/api/chat", body)
            let call = try await chat.upstream.nextCall()
            #expect(try call.messages == ["system: Be brief.", "user: a", "assistant: b", "user: c"])
            try await call.begin()
            try await call.send(text: "d")
            try await call.finish()
            let events = try await response.events()
            #expect(events.map { $0["type"]?.string } == ["metadata", "chunk", "done"])
            #expect(events[0]["conversation_id"]?.string == Self.id)
            let kept = try await chat.get("/api/chats/\(Self.id)").json()
            #expect(kept["messages"]?.array?.map { $0["content"]?.string } == ["a", "b", "c", "d"])
            #expect(kept["messages"]?.array?.map { $0["role"]?.string } == ["user", "assistant", "user", "assistant"])
            #expect(kept["generation"] == .null)
            #expect(kept["next"] == .null)
        }
    }

    @Test func `a question alone continues what is kept, and more than that replaces it for the model`() async throws {
        try await RunningChat.run { chat in
            try await chat.ask(Self.body(("user", "a")), answer: "b")
            let (_, alone) = try await chat.ask(Self.body(("user", "c")), answer: "d")
            #expect(try alone.messages.dropFirst() == ["user: a", "assistant: b", "user: c"])
            let (_, all) = try await chat.ask(
                Self.body(("user", "a"), ("assistant", "b"), ("user", "c"), ("assistant", "d"), ("user", "e")),
                answer: "f"
            )
            #expect(try all.messages.count == 6)
            let (_, edited) = try await chat.ask(
                Self.body(("user", "a"), ("assistant", "B"), ("user", "g")),
                answer: "h"
            )
            #expect(try edited.messages.dropFirst() == ["user: a", "assistant: B", "user: g"])
            let kept = try await chat.get("/api/chats/\(Self.id)").json()
            let texts = kept["messages"]?.array?.compactMap { $0["content"]?.string }
            #expect(texts?.joined() == "abcdef" + "aBgh")
        }
    }

    @Test func `all problems of a conversation are told at once`() async throws {
        try await RunningChat.run { chat in
            let body: JSON = [
                "chatId": "no blanks", "message": "x", "stream": "yes",
                "messages": [
                    ["role": "user", "content": 1], ["role": "system", "content": "late"], ["role": "robot"],
                    ["role": "assistant", "content": "end"],
                ],
            ]
            let response = try await chat.post("/api/chat", body)
            #expect(response.status == .badRequest)
            let fields = try await response.json()["error"]?["details"]?.array?.map { $0["field"]?.string ?? "" }
            #expect(
                fields?.sorted() == [
                    "chatId", "message", "messages", "messages[0].content", "messages[1].role", "messages[2].content",
                    "messages[2].role", "stream",
                ]
            )
        }
    }

    @Test(arguments: [
        #"{"chatId":"c1"}"#, #"{"chatId":"c1","messages":null}"#, #"{"chatId":"c1","messages":[]}"#,
        #"{"messages":[{"role":"user","content":"x"}]}"#,
        #"{"chatId":"c1","messages":[{"role":"system","content":"x"}]}"#,
        #"{"chatId":"c1","messages":[{"role":"user","content":" "}]}"#, #"{"chatId":"c1","messages":[null]}"#,
    ])
    func `a conversation without a question is refused`(body: String) async throws {
        try await RunningChat.run { chat in
            let response = try await chat.post("/api/chat", JSON(parsing: body))
            #expect(response.status == .badRequest)
        }
    }

    @Test func `a field that is null counts as missing`() async throws {
        try await RunningChat.run { chat in
            let (answer, _) = try await chat.ask(
                [
                    "message": "Hi", "stream": false, "conversation_id": nil, "system": nil, "chatId": nil,
                    "messages": nil,
                ]
            )
            #expect(answer["full_response"]?.string == "Hello")
            let response = try await chat.post("/api/chat", ["message": nil])
            #expect(response.status == .badRequest)
            #expect(try await response.json()["error"]?["details"]?.array?.first?["problem"]?.string == "is required")
        }
    }

    @Test func `conversations are listed, read in pages and removed`() async throws {
        try await RunningChat.run { chat in
            for name in ["one", "two", "three"] {
                try await chat.ask([
                    "message": .string("What is \(name)?"), "conversation_id": .string(name), "stream": false,
                ])
            }
            let first = try await chat.get("/api/chats?limit=2").json()
            #expect(first["chats"]?.array?.map { $0["chatId"]?.string } == ["three", "two"])
            #expect(first["chats"]?.array?.first?["title"]?.string == "What is three?")
            #expect(first["chats"]?.array?.first?["messages"]?.integer == 2)
            let next = try #require(first["next"]?.string)
            let second = try await chat.get("/api/chats?limit=2&after=\(next)").json()
            #expect(second["chats"]?.array?.map { $0["chatId"]?.string } == ["one"])
            #expect(second["next"] == .null)

            let latest = try await chat.get("/api/chats/one?limit=1").json()
            #expect(latest["messages"]?.array?.map { $0["content"]?.string } == ["Hello"])
            let place = try #require(latest["next"]?.string)
            let earlier = try await chat.get("/api/chats/one?limit=1&after=\(place)").json()
            #expect(earlier["messages"]?.array?.map { $0["content"]?.string } == ["What is one?"])

            try await chat.ask(["message": "Hi", "conversation_id": "a:b", "stream": false])
            #expect(try await chat.get("/api/chats/a:b").status == .ok)
            #expect(try await chat.delete("/api/chats/a%3Ab").status == .noContent)
            #expect(try await chat.delete("/api/chats/one").status == .noContent)
            #expect(try await chat.delete("/api/chats/one").status == .notFound)
            #expect(try await chat.get("/api/chats/one").status == .notFound)
            #expect(try await chat.get("/api/chats").json()["chats"]?.array?.count == 2)
        }
    }

    @Test(arguments: [
        "/api/chats?limit=0", "/api/chats?limit=101", "/api/chats?limit=x", "/api/chats?after=nonsense",
        "/api/chats/c1?after=-1", "/api/chats/c1?limit=1001",
    ])
    func `a page that cannot be is refused`(path: String) async throws {
        try await RunningChat.run { chat in
            try await chat.ask(["message": "Hi", "conversation_id": "c1", "stream": false])
            let response = try await chat.get(path)
            #expect(response.status == .badRequest)
            #expect(try await response.json()["error"]?["code"]?.string == "invalid_query")
        }
    }

    @Test func `everybody sees their own conversations only`() async throws {
        let key = SecretValue("key-canary-000000000000000000000000")
        try await RunningChat.run(adjust: { $0.signingKey = key }) { chat in
            let issuer = await BearerIssuer(signingKey: key)
            let ada: HTTPHeaders = [
                "Authorization": "Bearer \(try await issuer.token(for: "ada", lifetime: .seconds(60)))"
            ]
            let eve: HTTPHeaders = [
                "Authorization": "Bearer \(try await issuer.token(for: "eve", lifetime: .seconds(60)))"
            ]
            try await chat.ask(["message": "Hi", "conversation_id": "c1", "stream": false], headers: ada)
            #expect(try await chat.get("/api/chats", headers: ada).json()["chats"]?.array?.count == 1)
            #expect(try await chat.get("/api/chats", headers: eve).json()["chats"]?.array?.isEmpty == true)
            #expect(try await chat.get("/api/chats/c1", headers: eve).status == .notFound)
            #expect(try await chat.delete("/api/chats/c1", headers: eve).status == .notFound)
            #expect(try await chat.get("/api/chats").status == .unauthorized)
            #expect(try await chat.get("/v1/models").status == .unauthorized)
            #expect(try await chat.get("/v1/models").json()["error"]?["type"]?.string == "authentication_error")
            #expect(try await chat.get("/api/chats/c1", headers: ada).status == .ok)
        }
    }
}
