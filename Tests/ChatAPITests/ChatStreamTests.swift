import AsyncHTTPClient
import FakeUpstream
import JSONText
import ModelStreaming
import NIOCore
import NIOHTTP1
import Testing

@testable import ChatAPI

@Suite(.timeLimit(.minutes(1)))
struct ChatStreamTests {
    @Test func `events arrive one by one while the model is still held`() async throws {
        try await RunningChat.run { chat in
            async let asked = chat.post("/api/chat", ["message": "Hi", "conversation_id": "c1", "thread_id": "t1"])
            let call = try await chat.upstream.nextCall()
            try await call.begin()
            try await call.send(text: "one")
            let response = try await asked
            #expect(response.status == .ok)
            #expect(response.headers["Content-Type"] == ["text/event-stream; charset=utf-8"])
            #expect(response.headers["X-Model"] == ["gpt-3.5-turbo"])
            var body = response.body.makeAsyncIterator()
            var decoder = ServerSentEventDecoder()
            let first = try #require(try await body.next(isolation: #isolation))
            let events = try decoder.events(in: first.readableBytesView)
            let metadata = try JSON(parsing: events[0].data)
            let generation = try #require(metadata["generation_id"]?.string)
            #expect(metadata["conversation_id"] == "c1")
            #expect(metadata["thread_id"] == "t1")
            #expect(
                events == [
                    ServerSentEvent(data: metadata.text, id: "\(generation):0"),
                    ServerSentEvent(data: #"{"type":"chunk","content":"one"}"#, id: "\(generation):3"),
                ]
            )
            for (sent, piece, place) in [("two", "two", 6), (#"é\n"#, "é\n", 9)] {
                try await call.send(text: sent)
                let bytes = try #require(try await body.next(isolation: #isolation))
                let chunk = JSON.object([.init("type", "chunk"), .init("content", .string(piece))]).text
                let event = ServerSentEvent(data: chunk, id: "\(generation):\(place)")
                #expect(try decoder.events(in: bytes.readableBytesView) == [event])
            }
            try await call.finish(prompt: 10, completion: 3)
            var rest = ""
            while let bytes = try await body.next(isolation: #isolation) { rest += String(buffer: bytes) }
            let last = try #require(try decoder.events(in: rest.utf8).first)
            #expect(last.id == "\(generation):end")
            let done = try JSON(parsing: last.data)
            #expect(done["type"] == "done")
            #expect(done["full_response"] == "onetwoé\n")
            #expect(done["timestamp"]?.string?.hasSuffix("Z") == true)
            #expect(done["usage"] == ["prompt_tokens": 10, "completion_tokens": 3, "total_tokens": 13])
            #expect(done.members?.map(\.name) == ["type", "full_response", "timestamp", "usage"])
        }
    }

    @Test func `plain text arrives piece by piece and ends with its mark`() async throws {
        try await RunningChat.run { chat in
            async let asked = chat.post(
                "/api/chat/stream",
                [
                    "message": "Hi", "history": [["role": "assistant", "content": "Yes?"]],
                    "options": ["max_tokens": 512, "temperature": 0.2, "top_p": 1.0],
                ],
                headers: ["X-End-Marker": "1"]
            )
            let call = try await chat.upstream.nextCall()
            let question = try JSON(parsing: call.body)
            #expect(question["max_tokens"] == 512)
            #expect(question["temperature"] == 0.2)
            #expect(try call.messages == ["system: You are a helpful assistant.", "assistant: Yes?", "user: Hi"])
            try await call.begin()
            try await call.send(text: "one")
            let response = try await asked
            #expect(response.headers["Content-Type"] == ["text/plain; charset=utf-8"])
            var body = response.body.makeAsyncIterator()
            #expect(try await body.next(isolation: #isolation).map { String(buffer: $0) } == "one")
            try await call.send(text: " two")
            #expect(try await body.next(isolation: #isolation).map { String(buffer: $0) } == " two")
            try await call.finish()
            #expect(try await body.next(isolation: #isolation).map { String(buffer: $0) } == "\n[END]")
            #expect(try await body.next(isolation: #isolation) == nil)
        }
    }

    @Test func `one document holds the whole answer`() async throws {
        try await RunningChat.run { chat in
            let (document, _) = try await chat.ask(["message": "Hi", "stream": false])
            #expect(
                document.members?.map(\.name)
                    == ["conversation_id", "thread_id", "full_response", "timestamp", "usage"]
            )
            #expect(document["full_response"] == "Hello")
            #expect(document["conversation_id"] == document["thread_id"])
        }
    }

    @Test func `an error in the middle is an event, and the partial answer is kept`() async throws {
        try await RunningChat.run { chat in
            async let asked = chat.post("/api/chat", ["message": "Hi"])
            let call = try await chat.upstream.nextCall()
            try await call.begin()
            try await call.send(text: "Hel")
            let response = try await asked
            try await call.abort()
            let events = try await response.events()
            #expect(events.map { $0["type"] } == ["metadata", "chunk", "error"])
            #expect(events.last?["code"] == "model_interrupted")
            #expect(await chat.store.kept.first { _ in true }?.map(\.content) == ["Hi", "Hel"])
        }
    }

    @Test func `plain text that breaks off breaks the connection`() async throws {
        try await RunningChat.run { chat in
            async let asked = chat.post("/api/chat/stream", ["message": "Hi"])
            let call = try await chat.upstream.nextCall()
            try await call.begin()
            try await call.send(text: "Hel")
            let response = try await asked
            try await call.abort()
            await #expect(throws: (any Error).self) { try await response.text() }
        }
    }

    @Test func `a client that leaves stops the model, and the partial answer is kept`() async throws {
        try await RunningChat.run { chat in
            try await withThrowingTaskGroup(of: Void.self) { group in
                let (begun, begin) = AsyncStream<Void>.makeStream()
                group.addTask {
                    let response = try await chat.post("/api/chat", ["message": "Hi"])
                    begin.yield()
                    _ = try await response.text()
                }
                let call = try await chat.upstream.nextCall()
                try await call.begin()
                try await call.send(text: "Hel")
                for await _ in begun { break }
                group.cancelAll()
                try await call.callerLeaves()
            }
            #expect(await chat.store.kept.first { _ in true }?.map(\.content) == ["Hi", "Hel"])
        }
    }

    @Test func `a client that leaves before the first text stops the model`() async throws {
        try await RunningChat.run { chat in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { _ = try await chat.post("/api/chat", ["message": "Hi"]) }
                let call = try await chat.upstream.nextCall()
                try await call.begin()
                group.cancelAll()
                try await call.callerLeaves()
            }
        }
    }

    @Test func `a connection serves the next request after a stream`() async throws {
        try await RunningChat.run { chat in
            for _ in 1...3 {
                async let asked = chat.post("/api/chat", ["message": "Hi"])
                let call = try await chat.upstream.nextCall()
                try await call.begin()
                try await call.send(text: "Hello")
                try await call.finish()
                #expect(try await asked.events().count == 3)
            }
        }
    }

    @Test func `a quiet stream shows that it is alive`() async throws {
        try await RunningChat.run { chat in
            async let asked = chat.post("/api/chat", ["message": "Hi"])
            let call = try await chat.upstream.nextCall()
            try await call.begin()
            try await call.send(text: "one")
            var body = try await asked.body.makeAsyncIterator()
            _ = try await body.next(isolation: #isolation)
            chat.beat.yield()
            #expect(try await body.next(isolation: #isolation).map { String(buffer: $0) } == ": still working\n\n")
            try await call.finish()
        }
    }

    @Test func `a stream begins without text when the model takes very long`() async throws {
        try await RunningChat.run { chat in
            async let asked = chat.post("/api/chat", ["message": "Hi"])
            let call = try await chat.upstream.nextCall()
            chat.beat.yield()
            chat.beat.yield()
            let response = try await asked
            #expect(response.status == .ok)
            try await call.refuse(.unauthorized)
            let events = try await response.events()
            #expect(events.map { $0["type"] } == ["metadata", "error"])
            #expect(events.last?["code"] == "model_unauthorized")
        }
    }

    @Test func `without a key the offline responder answers and says so`() async throws {
        try await RunningChat.run(adjust: { $0.model = .offline }) { chat in
            let response = try await chat.post("/api/chat", ["message": "What is this?"])
            #expect(response.headers["X-Model"] == ["offline"])
            let events = try await response.events()
            #expect(events.last?["full_response"]?.string?.contains("OPENAI_API_KEY") == true)
            #expect(events.last?["full_response"]?.string?.hasSuffix("“What is this?”") == true)
        }
    }
}
