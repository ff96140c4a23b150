import ModelStreaming
import Testing

@testable import ChatAPI

struct GenerationStateTests {
    var state = GenerationState(limit: 10)

    @Test mutating func `a follower hears each text once, and what it missed at once`() throws {
        let follower = state.join()
        #expect(state.news(for: follower) == nil)
        try state.append(.text("a"))
        #expect(state.news(for: follower) == .text("a"))
        #expect(state.news(for: follower) == nil)
        try state.append(.text("b"))
        try state.append(.text("c"))
        #expect(state.news(for: follower) == .text("bc"))
    }

    @Test mutating func `a late follower hears everything, the end last`() throws {
        try state.append(.text("a"))
        try state.append(.usage(TokenUsage(prompt: 1, completion: 1)))
        try state.append(.finished(.stop))
        let answer = ChatAnswer(text: "a", usage: TokenUsage(prompt: 1, completion: 1), reason: .stop)
        #expect(state.answer == answer)
        state.end(with: .finished(answer))
        let follower = state.join()
        #expect(state.news(for: follower) == .text("a"))
        #expect(state.news(for: follower) == .ended(.finished(answer)))
    }

    @Test mutating func `text is better news than quiet`() throws {
        let follower = state.join()
        state.nudge()
        try state.append(.text("a"))
        #expect(state.news(for: follower) == .text("a"))
        #expect(state.news(for: follower) == nil)
        for _ in 1...5 { state.nudge() }
        #expect(state.news(for: follower) == .quiet)
        #expect(state.news(for: follower) == .quiet)
        #expect(state.news(for: follower) == nil)
    }

    @Test mutating func `an answer does not grow beyond its limit`() throws {
        try state.append(.text("0123456789"))
        #expect(throws: ChatModelError.tooLong(limit: 10)) { try state.append(.text("x")) }
        #expect(state.answer.text == "0123456789")
    }

    @Test mutating func `only the first end counts`() {
        let follower = state.join()
        state.end(with: .stopped)
        state.end(with: .failed(.interrupted))
        #expect(state.news(for: follower) == .ended(.stopped))
    }

    @Test mutating func `who has left hears no more`() throws {
        let first = state.join()
        let second = state.join()
        state.leave(first)
        #expect(!state.isAbandoned)
        try state.append(.text("a"))
        #expect(state.news(for: first) == .ended(.stopped))
        state.leave(second)
        #expect(state.isAbandoned)
    }
}
