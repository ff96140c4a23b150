import AsyncHTTPClient
import FakeUpstream
import JSONText
import ModelStreaming
import NIOCore
import NIOHTTP1
import Testing

@testable import ChatAPI

/// Clients that come back, share answers, and stop them.
@Suite(.timeLimit(.minutes(1)))
struct ResumeTests {
    @Test(arguments: [false, true])
    func `who comes back hears the rest, and nothing twice`(byAddress: Bool) async throws {
        try await RunningChat.run { chat in
            async let asked = chat.post("/api/chat", ["message": "Hi"])
            let call = try await chat.upstream.nextCall()
            try await call.begin()
            try await call.send(text: "one")
            var reader = EventReader(try await asked)
            let metadata = try await reader.next()
            let heard = try await reader.next()
            let id = try #require(heard.id)
            let generation = try #require(try JSON(parsing: metadata.data)["generation_id"]?.string)
            // The first connection is still open, as it is where a network has gone away without a word.
            let headers: HTTPHeaders = ["Last-Event-ID": id]
            async let again =
                byAddress
                ? chat.get("/api/generations/\(generation)", headers: headers)
                : chat.post("/api/chat", ["message": "Hi"], headers: headers)
            var second = EventReader(try await again)
            try await call.send(text: "two")
            let next = try await second.next()
            #expect(try JSON(parsing: next.data)["content"] == "two")
            try await call.finish()
            let done = try await second.next()
            #expect(try JSON(parsing: done.data)["full_response"] == "onetwo")
            let end = try await second.isAtEnd()
            #expect(end)
            // Who has heard everything is told not to come again.
            let over = try await chat.get(
                "/api/generations/\(generation)",
                headers: ["Last-Event-ID": try #require(done.id)]
            )
            #expect(over.status == .noContent)
            // And an answer that is over can be heard again, from any place.
            let replay = try await chat.get("/api/generations/\(generation)", headers: ["Last-Event-ID": id]).events()
            #expect(replay.map { $0["content"] ?? $0["full_response"] } == ["two", "onetwo"])
            let whole = try await chat.get("/api/generations/\(generation)").events()
            #expect(whole.map { $0["type"] } == ["metadata", "chunk", "done"])
        }
    }

    @Test func `a place that is none is refused, and an unknown answer is not found`() async throws {
        try await RunningChat.run { chat in
            let (events, _) = try await chat.askForEvents("é")
            let generation = try #require(events.first?["generation_id"]?.string)
            for (id, status) in [
                ("\(generation):1", HTTPResponseStatus.badRequest), ("\(generation):99", .badRequest),
                ("nonsense", .badRequest), (String(repeating: "0", count: 32) + ":0", .notFound),
            ] {
                let response = try await chat.get("/api/generations/\(generation)", headers: ["Last-Event-ID": id])
                #expect(response.status == status, "\(id)")
            }
            let unknown = try await chat.get("/api/generations/none")
            #expect(unknown.status == .notFound)
        }
    }

    @Test(arguments: [false, true])
    func `an answer is stopped by the name of its conversation, or its own`(byConversation: Bool) async throws {
        try await RunningChat.run { chat in
            async let asked = chat.post("/api/chat", ["message": "Hi", "conversation_id": "c1"])
            let call = try await chat.upstream.nextCall()
            try await call.begin()
            try await call.send(text: "one")
            var reader = EventReader(try await asked)
            let generation = try JSON(parsing: try await reader.next().data)["generation_id"]?.string
            _ = try await reader.next()
            let name = byConversation ? "c1" : try #require(generation)
            #expect(try await chat.post("/api/chat/\(name)/cancel", [:]).status == .accepted)
            try await call.callerLeaves()
            let last = try await reader.next()
            #expect(try JSON(parsing: last.data)["code"] == "stopped")
            #expect(await chat.store.kept.first { _ in true }?.map(\.content) == ["Hi", "one"])
            #expect(try await chat.post("/api/chat/c1/cancel", [:]).status == .notFound)
        }
    }

    @Test func `a conversation that is deleted while it is answered stays deleted`() async throws {
        try await RunningChat.run { chat in
            async let asked = chat.post("/api/chat", ["message": "Hi", "conversation_id": "c1"])
            let call = try await chat.upstream.nextCall()
            try await call.begin()
            try await call.send(text: "one")
            let response = try await asked
            #expect(try await chat.delete("/api/chats/c1").status == .noContent)
            try await call.callerLeaves()
            #expect(try await response.events().last?["code"] == "stopped")
            #expect(try await chat.get("/api/chats/c1").status == .notFound)
        }
    }

    @Test func `equal questions at once have one answer, and so have later ones`() async throws {
        try await RunningChat.run { chat in
            try await withThrowingTaskGroup(of: [JSON].self) { group in
                for _ in 1...50 {
                    group.addTask { try await chat.post("/chat", ["question": "Why?"]).events() }
                }
                let call = try await chat.upstream.nextCall()
                try await call.begin()
                try await call.send(text: "Because")
                try await call.finish()
                for try await events in group {
                    #expect(events.first == ["status": "processing"])
                    #expect(events.dropFirst().first == ["status": "streaming", "chunk": "Because"])
                    #expect(events.last == ["status": "completed", "chunk": "Because"])
                }
            }
            // No second call is answered, so this would hang if it made one.
            let later = try await chat.post("/chat", ["question": "Why?", "use_cache": true]).events()
            #expect(later.last == ["status": "completed", "chunk": "Because"])
            async let fresh = chat.post("/chat", ["question": "Why?", "use_cache": false])
            let call = try await chat.upstream.nextCall()
            try await call.begin()
            try await call.send(text: "Anyway")
            try await call.finish()
            #expect(try await fresh.events().last == ["status": "completed", "chunk": "Anyway"])
        }
    }

    @Test func `a question that fails says so, and is put again the next time`() async throws {
        try await RunningChat.run { chat in
            async let asked = chat.post("/chat", ["question": "Why?"])
            try await chat.upstream.nextCall().refuse(.unauthorized)
            let events = try await asked.events()
            #expect(events.map { $0["status"] } == ["processing", "error"])
            #expect(events.last?["message"]?.string?.contains("does not accept the key") == true)
            async let again = chat.post("/chat", ["question": "Why?"])
            let call = try await chat.upstream.nextCall()
            try await call.begin()
            try await call.send(text: "Because")
            try await call.finish()
            #expect(try await again.events().last?["chunk"] == "Because")
        }
    }
}

/// Reads the events of a response one by one.
struct EventReader {
    private var body: HTTPClientResponse.Body.AsyncIterator
    private var decoder = ServerSentEventDecoder()
    private var events: ArraySlice<ServerSentEvent> = []

    init(_ response: HTTPClientResponse) {
        body = response.body.makeAsyncIterator()
    }

    /// The next event.
    mutating func next() async throws -> ServerSentEvent {
        while true {
            if let event = events.popFirst() { return event }
            let bytes = try #require(try await body.next(isolation: #isolation))
            events = try decoder.events(in: bytes.readableBytesView)[...]
        }
    }

    mutating func isAtEnd() async throws -> Bool {
        if !events.isEmpty { return false }
        return try await body.next(isolation: #isolation) == nil
    }
}

extension RunningChat {
    /// Asks a question and lets the model server answer it with one text; the events that the client hears.
    func askForEvents(_ answer: String) async throws -> ([JSON], UpstreamCall) {
        async let response = post("/api/chat", ["message": "Hi"])
        let call = try await upstream.nextCall()
        try await call.begin()
        try await call.send(text: answer)
        try await call.finish()
        return (try await response.events(), call)
    }
}
