import AsyncHTTPClient
import FakeUpstream
import JSONText
import ModelStreaming
import NIOHTTP1
import ServiceKit
import Testing

@testable import ChatAPI

@Suite(.timeLimit(.minutes(1))) struct ChatLimitTests {
    @Test func `a client that has as many answers as allowed is told to wait, and may still look around`() async throws
    {
        try await RunningChat.run {
            $0.concurrentStreams = 1
        } _: { chat in
            async let first = chat.post("/api/chat", ["message": "Hi"])
            let call = try await chat.upstream.nextCall()
            try await call.begin()
            try await call.send(text: "Hello")
            let answer = try await first
            let second = try await chat.post("/api/chat", ["message": "And?"])
            #expect(second.status == .tooManyRequests)
            #expect(try await second.json()["error"]?["code"]?.string == "too_many_streams")
            let look = try await chat.get("/health")
            #expect(look.status == .ok)
            try await call.finish()
            #expect(try await answer.events().last?["type"]?.string == "done")
        }
    }

    @Test func `a client that asks too often is told when to come back`() async throws {
        try await RunningChat.run {
            $0.model = .offline
            $0.questionsPerMinute = 2
        } _: { chat in
            for status in [200, 200, 429] as [UInt] {
                let response = try await chat.post("/api/chat", ["message": "Hi", "stream": false])
                #expect(response.status.code == status)
                _ = try await response.text()
            }
        }
    }

    @Test func `a wrong origin in the settings is told with what one is`() throws {
        let error = #expect(throws: SettingsError.self) {
            try ChatConfiguration(SettingsReader(values: ["ALLOWED_ORIGINS": "*"]))
        }
        #expect(error?.description.contains("ALLOWED_ORIGINS") == true)
    }
}
