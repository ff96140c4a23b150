import FakeUpstream
import Foundation
import JSONText
import NIOHTTP1
import Testing
import ValidatorTools

@testable import ChatAPI

/// Holds `/v1` against OpenAI's own client.
@Suite(.timeLimit(.minutes(5))) struct OpenAIClientTests {
    @Test(.enabled(if: Validators.areExpected, Validators.missing))
    func `the official client finds what it expects, and the model stops when it leaves`() async throws {
        try await RunningChat.run { chat in
            let (departures, departed) = AsyncStream<Void>.makeStream()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await withThrowingDiscardingTaskGroup { calls in
                        while true {
                            let call = try await chat.upstream.nextCall()
                            calls.addTask { try await Self.answer(call) { departed.yield() } }
                        }
                    }
                }
                let input: JSON = ["url": .string(chat.url), "model": "gpt-3.5-turbo"]
                let verdict = try await Validators.python("clients/openai_client.py", input: input.text)
                #expect(verdict.isAccepted, "\(verdict.words)")
                if verdict.isAccepted { _ = await departures.first { _ in true } }
                group.cancelAll()
            }
            let kept = try await chat.get("/api/chats/from-openai").json()
            #expect(
                kept["messages"]?.array?.map { $0["content"]?.string } == [
                    "hello", "Hello there", "hello", "Hello there",
                ]
            )
        }
    }

    /// Does what the question says.
    private static func answer(_ call: UpstreamCall, whenLeft: () -> Void) async throws {
        switch try JSON(parsing: call.body)["messages"]?.array?.last?["content"]?.string {
        case "filter": try await call.refuse(.badRequest, body: #"{"error":{"code":"content_filter"}}"#)
        case "limit": try await call.refuse(.tooManyRequests, headers: ["Retry-After": "30"])
        case "key": try await call.refuse(.unauthorized)
        case "break":
            try await call.begin()
            try await call.send(text: "Hel")
            try await call.abort()
        case "endless":
            try await call.begin()
            try await call.send(text: "Once")
            try await call.callerLeaves()
            whenLeft()
        default:
            try await call.begin()
            for text in ["Hello", " there"] { try await call.send(text: text) }
            try await call.finish()
        }
    }
}
