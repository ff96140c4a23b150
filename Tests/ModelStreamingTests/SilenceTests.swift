import FakeUpstream
import NIOHTTP1
import Testing

@testable import ModelStreaming

/// Servers that keep silent, and the time they are given.
@Suite(.timeLimit(.minutes(1)))
struct SilenceTests {
    private static func deadlines(firstText: Duration = .seconds(60), pause: Duration = .seconds(60)) -> ModelDeadlines
    {
        var deadlines = ModelDeadlines()
        deadlines.firstText = firstText
        deadlines.pause = pause
        return deadlines
    }

    /// The ways to ask that send nothing before the question; the others share all that measures time.
    private static let direct = [WireFormat.openAI, .compatible, .azure]

    @Test(arguments: direct)
    func `a server that says nothing is given up, and not asked twice`(format: WireFormat) async throws {
        try await Provider.run(format, deadlines: Self.deadlines(firstText: .seconds(3))) { provider in
            async let failure = provider.failure()
            let call = try await provider.nextQuestion()
            #expect(await failure == .unavailable(retryAfter: nil))
            try await call.callerLeaves()
        }
    }

    @Test(arguments: direct)
    func `signs of life are no text`(format: WireFormat) async throws {
        try await Provider.run(format, deadlines: Self.deadlines(firstText: .seconds(3))) { provider in
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
