import ModelStreaming
import Testing

@testable import ChatAPI

@Suite(.timeLimit(.minutes(1)))
struct GenerationEngineTests {
    let model = ScriptedModel()
    let prompt = ChatPrompt(messages: [ChatMessage(role: .user, content: "Hi")])

    /// Runs an engine for as long as a test.
    func withEngine(
        answerLimit: Int = 1024,
        generationLimit: Int = 4,
        _ test: (GenerationEngine) async throws -> Void
    ) async throws {
        let engine = GenerationEngine(model: model, answerLimit: answerLimit, generationLimit: generationLimit) {
            try await Task.sleep(for: .seconds(3600))
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await engine.run() }
            try await test(engine)
            group.cancelAll()
        }
    }

    @Test func `an answer is heard as it is made, and kept before its end is heard`() async throws {
        try await withEngine { engine in
            let (kept, keep) = AsyncStream<String>.makeStream()
            let follower = try engine.begin(prompt) { answer, _ in
                keep.yield(answer.text)
                keep.finish()
            }
            model.script.yield(.text("a"))
            #expect(await follower.next() == .text("a"))
            model.script.yield(.text("b"))
            #expect(await follower.next() == .text("b"))
            model.script.finish()
            #expect(await follower.next() == .ended(.finished(ChatAnswer(text: "ab"))))
            #expect(await kept.first { _ in true } == "ab")
        }
    }

    @Test func `the model stops when its follower leaves, and what it said is kept`() async throws {
        try await withEngine { engine in
            let (kept, keep) = AsyncStream<GenerationEnd>.makeStream()
            let follower = try engine.begin(prompt) { _, end in keep.yield(end) }
            model.script.yield(.text("a"))
            _ = await follower.next()
            follower.leave()
            await model.stops()
            #expect(await kept.first { _ in true } == .stopped)
        }
    }

    @Test func `a follower that is dropped has left`() async throws {
        try await withEngine { engine in
            _ = try engine.begin(prompt)
            await model.stops()
        }
    }

    @Test func `a follower whose task is cancelled has left`() async throws {
        try await withEngine { engine in
            let follower = try engine.begin(prompt)
            await withTaskGroup(of: Void.self) { group in
                group.addTask { #expect(await follower.next() == .ended(.stopped)) }
                group.cancelAll()
            }
            await model.stops()
        }
    }

    @Test func `an error of the model is the end`() async throws {
        try await withEngine { engine in
            let follower = try engine.begin(prompt)
            model.script.finish(throwing: ChatModelError.unauthorized)
            #expect(await follower.next() == .ended(.failed(.unauthorized)))
        }
    }

    @Test func `an answer that is too long is cut off`() async throws {
        try await withEngine(answerLimit: 3) { engine in
            let follower = try engine.begin(prompt)
            model.script.yield(.text("abc"))
            #expect(await follower.next() == .text("abc"))
            model.script.yield(.text("d"))
            #expect(await follower.next() == .ended(.failed(.tooLong(limit: 3))))
        }
    }

    @Test func `an engine takes only so many at once`() async throws {
        try await withEngine(generationLimit: 1) { engine in
            let first = try engine.begin(prompt)
            #expect(throws: GenerationEngine.Busy.self) { try engine.begin(prompt) }
            model.script.finish()
            _ = await first.next()
            _ = try engine.begin(prompt)
        }
    }
}
