import ModelStreaming
import Testing

@testable import ChatAPI

struct GenerationStateTests {
    var state = GenerationState(limit: 10)

    private mutating func join(at place: Int = 0) throws -> Int {
        let follower = state.join(at: place)
        return try #require(follower)
    }

    @Test mutating func `a follower hears each text once, and what it missed at once`() throws {
        let follower = try join()
        #expect(state.news(for: follower) == nil)
        try state.append(.text("a"))
        #expect(state.news(for: follower) == .text("a", end: 1))
        #expect(state.news(for: follower) == nil)
        try state.append(.text("b"))
        try state.append(.text("c"))
        #expect(state.news(for: follower) == .text("bc", end: 3))
    }

    @Test mutating func `a late follower hears everything, the end last`() throws {
        try state.append(.text("a"))
        try state.append(.usage(TokenUsage(prompt: 1, completion: 1)))
        try state.append(.finished(.stop))
        let answer = ChatAnswer(text: "a", usage: TokenUsage(prompt: 1, completion: 1), reason: .stop)
        #expect(state.answer == answer)
        state.end(with: .finished(answer))
        let follower = try join()
        #expect(state.news(for: follower) == .text("a", end: 1))
        #expect(state.news(for: follower) == .ended(.finished(answer)))
    }

    @Test mutating func `text is better news than quiet`() throws {
        let follower = try join()
        #expect(state.nudge() == [])
        try state.append(.text("a"))
        #expect(state.news(for: follower) == .text("a", end: 1))
        #expect(state.news(for: follower) == nil)
        for _ in 1...5 { _ = state.nudge() }
        #expect(state.news(for: follower) == .quiet)
        #expect(state.news(for: follower) == .quiet)
        #expect(state.news(for: follower) == nil)
    }

    @Test mutating func `an answer does not grow beyond its limit`() throws {
        try state.append(.text("0123456789"))
        #expect(throws: ChatModelError.tooLong(limit: 10)) { try state.append(.text("x")) }
        #expect(state.answer.text == "0123456789")
    }

    @Test mutating func `only the first end counts`() throws {
        let follower = try join()
        state.end(with: .stopped)
        state.end(with: .failed(.interrupted))
        #expect(state.news(for: follower) == .ended(.stopped))
    }

    @Test mutating func `who has left hears no more`() throws {
        let first = try join()
        let second = try join()
        state.leave(first)
        #expect(state.isFollowed)
        try state.append(.text("a"))
        #expect(state.news(for: first) == .ended(.stopped))
        state.leave(second)
        #expect(!state.isFollowed)
    }

    @Test mutating func `a follower may begin at any character, and nowhere else`() throws {
        try state.append(.text("aé"))
        try state.append(.text("b"))
        let answer = ChatAnswer(text: "aéb")
        for _ in 1...2 {
            #expect([0, 1, 3, 4].map { state.text(from: $0) } == ["aéb", "éb", "b", ""])
            #expect([-1, 2, 5].map { state.text(from: $0) } == [nil, nil, nil])
            let follower = try join(at: 1)
            #expect(state.news(for: follower) == .text("éb", end: 4))
            // What is kept of a whole answer is cut differently, and can be read all the same.
            state.end(with: .finished(answer))
        }
    }

    @Test mutating func `a long answer is handed out in parts, and none of it is lost`() throws {
        let text = String(repeating: "–ab", count: 50_000)
        var state = GenerationState(limit: 1 << 20)
        try state.append(.text(text))
        state.end(with: .finished(ChatAnswer(text: text)))
        let number = state.join()
        let follower = try #require(number)
        var heard = ""
        while case .text(let part, let end)? = state.news(for: follower) {
            #expect(part.utf8.count <= 64 * 1024)
            heard += part
            #expect(end == heard.utf8.count)
        }
        #expect(heard == text)
    }

    @Test mutating func `who does not read for two beats is stuck, who waits for text is not`() throws {
        let reader = try join()
        try state.append(.text("a"))
        let stuck = try join()
        _ = state.news(for: reader)
        #expect(state.nudge() == [])
        #expect(state.nudge() == [stuck])
        #expect(state.news(for: stuck) == .text("a", end: 1))
        #expect(state.nudge() == [])
    }

    @Test mutating func `a generation that closes takes nobody, until it has ended`() throws {
        let follower = try join()
        let closesWhileFollowed = state.closeUnlessFollowed()
        #expect(!closesWhileFollowed)
        state.leave(follower)
        let closes = state.closeUnlessFollowed()
        #expect(closes)
        let late = state.join()
        #expect(late == nil)
        state.end(with: .stopped)
        let after = try join()
        #expect(state.news(for: after) == .ended(.stopped))
    }
}
