import FakeUpstream
import NIOHTTP1
import Testing

@testable import ModelStreaming

/// Servers that keep silent, and the time they are given.
@Suite(.timeLimit(.minutes(1)))
struct SilenceTests {
    private static func deadlines(firstText: Duration = .seconds(60), pause: Duration = .seconds(60)) -> ModelDeadlines {
        var deadlines = ModelDeadlines()
        deadlines.firstText = firstText
        deadlines.pause = pause
        return deadlines
    }

    @Test(arguments: WireFormat.allCases)
    func `a server that says nothing is given up, and not asked twice`(format: WireFormat) async throws {
        try await Provider.run(format, deadlines: Self.deadlines(firstText: .milliseconds(300))) { provider in
            async let failure = provider.failure()
            let call = try await provider.nextQuestion()
            #expect(await failure == .unavailable(retryAfter: nil))
            try await call.callerLeaves()
        }
    }

    @Test(arguments: WireFormat.allCases)
    func `signs of life are no text`(format: WireFormat) async throws {
        try await Provider.run(format, deadlines: Self.deadlines(firstText: .milliseconds(300))) { provider in
            async let failure = provider.failure()
            let call = try await provider.nextQuestion()
            try await call.begin(format)
            try await call.send(raw: ": still here\n\n")
            #expect(await failure == .unavailable(retryAfter: nil))
            try await call.callerLeaves()
        }
    }

    @Test(arguments: WireFormat.allCases)
    func `an answer that stops in the middle is given up`(format: WireFormat) async throws {
        try await Provider.run(format, deadlines: Self.deadlines(pause: .milliseconds(50))) { provider in
            async let failure = provider.failure()
            let call = try await provider.nextQuestion()
            try await call.begin(format)
            try await call.send(raw: format.text("Hel"))
            #expect(await failure == .interrupted)
            try await call.callerLeaves()
        }
    }

    @Test func `the time for the first text does not limit the rest`() async throws {
        try await Provider.run(.openAI, deadlines: Self.deadlines(firstText: .seconds(1))) { provider in
            let (pieces, continuation) = AsyncStream<ChatDelta>.makeStream()
            async let reading: Void = {
                for try await part in try await provider.model.reply(to: Provider.prompt) { continuation.yield(part) }
            }()
            var heard = pieces.makeAsyncIterator()
            let call = try await provider.nextQuestion()
            try await call.begin(.openAI)
            try await call.send(raw: WireFormat.openAI.text("Hel"))
            #expect(await heard.next() == .text("Hel"))
            // Longer than the time for the first text; there is no event to wait for instead.
            let start = ContinuousClock.now
            while ContinuousClock.now - start < .milliseconds(1100) { await Task.yield() }
            try await call.send(raw: WireFormat.openAI.text("lo") + WireFormat.openAI.ending())
            #expect(await heard.next() == .text("lo"))
            try await reading
        }
    }

    @Test func `a server that ends its answer and holds the connection delays nobody`() async throws {
        try await Provider.run(.openAI) { provider in
            async let text = provider.model.reply(to: Provider.prompt).text()
            let call = try await provider.nextQuestion()
            try await call.begin(.openAI)
            try await call.send(raw: WireFormat.openAI.text("Hello") + WireFormat.openAI.ending())
            #expect(try await text == "Hello")
            try await call.callerLeaves()
        }
    }

    @Test func `a refusal that never ends is one all the same`() async throws {
        var deadlines = ModelDeadlines()
        deadlines.refusal = .milliseconds(50)
        try await Provider.run(.openAI, deadlines: deadlines) { provider in
            async let failure = provider.failure()
            let call = try await provider.nextQuestion()
            try await call.begin(status: .badRequest)
            try await call.send(raw: "<html>")
            #expect(await failure == .rejected(status: 400, code: nil))
        }
    }
}
