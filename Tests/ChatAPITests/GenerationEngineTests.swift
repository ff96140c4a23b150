import ModelStreaming
import TestInstruments
import Testing

@testable import ChatAPI

@Suite(.timeLimit(.minutes(1)))
struct GenerationEngineTests {
    let model = ScriptedModel()
    let prompt = ChatPrompt(messages: [ChatMessage(role: .user, content: "Hi")])

    var request: GenerationRequest { GenerationRequest(owner: "", prompt: prompt) }

    /// Runs an engine for as long as a test.
    func withEngine(
        answerLimit: Int = 1024,
        generations: Int = 4,
        clock: any Clock<Duration> = InstantClock(),
        conclusion: @escaping GenerationEngine.Conclusion = { _, _, _ in },
        _ test: (GenerationEngine) async throws -> Void
    ) async throws {
        let engine = GenerationEngine(
            model: model,
            log: InMemoryResponseLog(answerLimit: answerLimit),
            rules: .init(generations: generations, heartbeat: { try await Task.sleep(for: .seconds(3600)) }),
            clock: clock,
            conclusion: conclusion
        )
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await engine.run() }
            try await test(engine)
            group.cancelAll()
        }
    }

    @Test func `an answer is heard as it is made, and kept before its end is heard`() async throws {
        let (kept, keep) = AsyncStream<String>.makeStream()
        try await withEngine(conclusion: { _, answer, _ in keep.yield(answer.text) }) { engine in
            let follower = try await engine.begin(request)
            model.script.yield(.text("a"))
            #expect(await follower.next() == .text("a", end: 1))
            model.script.yield(.text("b"))
            #expect(await follower.next() == .text("b", end: 2))
            model.script.finish()
            #expect(await follower.next() == .ended(.finished(ChatAnswer(text: "ab"))))
            #expect(await kept.first { _ in true } == "ab")
        }
    }

    @Test func `the model stops when its follower leaves, and what it said is kept`() async throws {
        let (kept, keep) = AsyncStream<GenerationEnd>.makeStream()
        try await withEngine(conclusion: { _, _, end in keep.yield(end) }) { engine in
            let follower = try await engine.begin(request)
            model.script.yield(.text("a"))
            _ = await follower.next()
            follower.leave()
            await model.stops()
            #expect(await kept.first { _ in true } == .stopped)
        }
    }

    @Test func `who comes back in time finds the answer going on, from where it was left`() async throws {
        let clock = TestClock()
        try await withEngine(clock: clock) { engine in
            let request = request
            let follower = try await engine.begin(request)
            model.script.yield(.text("ab"))
            _ = await follower.next()
            follower.leave()
            await clock.waitForSleepers(1)
            let generation = try #require(try await engine.log.generation(request.id))
            let again = try #require(generation.follow(from: 1))
            #expect(await again.next() == .text("b", end: 2))
            clock.advance(by: .seconds(1))
            model.script.yield(.text("c"))
            #expect(await again.next() == .text("c", end: 3))
            model.script.finish()
            #expect(await again.next() == .ended(.finished(ChatAnswer(text: "abc"))))
        }
    }

    @Test func `equal questions have one answer, also when it is over`() async throws {
        try await withEngine { engine in
            let request = GenerationRequest(id: .answer(to: "Why?"), owner: "", prompt: prompt)
            let first = try await engine.begin(request)
            let second = try await engine.begin(request)
            model.script.yield(.text("a"))
            #expect(await first.next() == .text("a", end: 1))
            first.leave()
            #expect(await second.next() == .text("a", end: 1))
            model.script.finish()
            let end = GenerationNews.ended(.finished(ChatAnswer(text: "a")))
            #expect(await second.next() == end)
            let late = try await engine.begin(request)
            #expect(await late.next() == .text("a", end: 1))
            #expect(await late.next() == end)
        }
    }

    @Test func `an answer that failed is not given to the next who asks`() async throws {
        try await withEngine { engine in
            let request = GenerationRequest(id: .answer(to: "Why?"), owner: "", prompt: prompt)
            let first = try await engine.begin(request)
            model.script.finish(throwing: ChatModelError.unauthorized)
            #expect(await first.next() == .ended(.failed(.unauthorized)))
            let second = try await engine.begin(request)
            #expect(second.generation !== first.generation)
        }
    }

    @Test func `whoever asks for the end of an answer gets it`() async throws {
        try await withEngine { engine in
            let request = request
            let follower = try await engine.begin(request)
            model.script.yield(.text("a"))
            _ = await follower.next()
            try await engine.log.cancel(request.id)
            #expect(await follower.next() == .ended(.stopped))
            await model.stops()
        }
    }

    @Test func `a follower that is dropped has left`() async throws {
        try await withEngine { engine in
            _ = try await engine.begin(request)
            await model.stops()
        }
    }

    @Test func `a follower whose task is cancelled has left`() async throws {
        try await withEngine { engine in
            let follower = try await engine.begin(request)
            await withTaskGroup(of: Void.self) { group in
                group.addTask { #expect(await follower.next() == .ended(.stopped)) }
                group.cancelAll()
            }
            await model.stops()
        }
    }

    @Test func `an error of the model is the end`() async throws {
        try await withEngine { engine in
            let follower = try await engine.begin(request)
            model.script.finish(throwing: ChatModelError.unauthorized)
            #expect(await follower.next() == .ended(.failed(.unauthorized)))
        }
    }

    @Test func `an answer that is too long is cut off`() async throws {
        try await withEngine(answerLimit: 3) { engine in
            let follower = try await engine.begin(request)
            model.script.yield(.text("abc"))
            #expect(await follower.next() == .text("abc", end: 3))
            model.script.yield(.text("d"))
            #expect(await follower.next() == .ended(.failed(.tooLong(limit: 3))))
        }
    }

    @Test func `an engine takes only so many at once`() async throws {
        try await withEngine(generations: 1) { engine in
            let first = try await engine.begin(request)
            await #expect(throws: GenerationEngine.Busy.self) { try await engine.begin(request) }
            model.script.finish()
            _ = await first.next()
            _ = try await engine.begin(request)
        }
    }
}
