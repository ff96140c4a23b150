import FakeUpstream
import JSONText
import NIOHTTP1
import Testing

@testable import ModelStreaming

/// What every provider must do, whatever its wire looks like.
@Suite(.timeLimit(.minutes(2)))
struct ProviderConformanceTests {
    @Test(arguments: WireFormat.allCases)
    func `an answer is read whole, with what it has cost`(format: WireFormat) async throws {
        try await Provider.run(format) { provider in
            async let answer = provider.model.reply(to: Provider.prompt).answer()
            let call = try await provider.nextQuestion()
            try await call.begin(format)
            for part in [format.text("Grüße, "), format.distraction, format.text("世界 \"👩‍🚀\"\n\\")] {
                try await call.send(raw: part)
            }
            try await call.send(raw: format.ending(prompt: 7, completion: 3))
            try await call.end()
            #expect(
                try await answer
                    == ChatAnswer(
                        text: "Grüße, 世界 \"👩‍🚀\"\n\\",
                        usage: format == .compatible ? nil : TokenUsage(prompt: 7, completion: 3),
                        reason: .stop,
                        thread: format.keepsThreads ? "thread_1" : nil
                    )
            )
        }
    }

    @Test(arguments: WireFormat.allCases)
    func `each piece is read while the next is still held`(format: WireFormat) async throws {
        try await Provider.run(format) { provider in
            let (pieces, continuation) = AsyncStream<ChatDelta>.makeStream()
            async let reading: Void = {
                for try await part in try await provider.model.reply(to: Provider.prompt) { continuation.yield(part) }
                continuation.finish()
            }()
            var heard = pieces.makeAsyncIterator()
            let call = try await provider.nextQuestion()
            if format.keepsThreads { #expect(await heard.next() == .thread("thread_1")) }
            try await call.begin(format)
            for piece in ["one", "two", "three"] {
                try await call.send(raw: format.text(piece))
                #expect(await heard.next() == .text(piece))
            }
            try await call.send(raw: format.ending())
            try await call.end()
            try await reading
        }
    }

    @Test(arguments: WireFormat.allCases)
    func `an answer that reached its length says so`(format: WireFormat) async throws {
        try await Provider.run(format) { provider in
            async let answer = provider.model.reply(to: Provider.prompt).answer()
            let call = try await provider.nextQuestion()
            try await call.begin(format)
            try await call.send(raw: format.text("Hel") + format.ending(reason: "length"))
            try await call.end()
            #expect(try await answer.reason == .length)
        }
    }

    @Test(arguments: WireFormat.allCases)
    func `an answer without an end is interrupted, not whole`(format: WireFormat) async throws {
        try await Provider.run(format) { provider in
            for breaks in [true, false] {
                async let failure = provider.failure()
                let call = try await provider.nextQuestion()
                try await call.begin(format)
                try await call.send(raw: format.text("Hel"))
                if breaks { try await call.abort() } else { try await call.end() }
                #expect(await failure == .interrupted)
            }
        }
    }

    @Test(arguments: WireFormat.allCases)
    func `an error in the middle ends the answer with its meaning`(format: WireFormat) async throws {
        try await Provider.run(format) { provider in
            for (code, expected) in [
                ("rate_limit_exceeded", ChatModelError.rateLimited(retryAfter: nil)),
                ("server_error", .unavailable(retryAfter: nil)),
                ("content_filter", .rejected(status: 400, code: "content_filter")),
            ] {
                async let failure = provider.failure()
                let call = try await provider.nextQuestion()
                try await call.begin(format)
                try await call.send(raw: format.text("Hel") + format.fault(code: code, message: Provider.key))
                #expect(await failure == expected)
            }
        }
    }

    @Test(arguments: WireFormat.allCases)
    func `what cannot be read ends the answer`(format: WireFormat) async throws {
        try await Provider.run(format) { provider in
            async let failure = provider.failure()
            let call = try await provider.nextQuestion()
            try await call.begin(format)
            let name = format == .agentRun ? "event: thread.message.delta\n" : ""
            try await call.send(raw: format.text("Hel") + name + "data: {\"choices\":[{]\n\n")
            #expect(await failure == .malformed)
        }
    }

    @Test(arguments: WireFormat.allCases, ["429", "408", "409", "500", "503", "broken", "held", "fault"])
    func `a question is put again as long as no text has come`(format: WireFormat, failure: String) async throws {
        try await Provider.run(format) { provider in
            async let answer = provider.model.reply(to: Provider.prompt).text()
            let call = try await provider.nextQuestion()
            switch failure {
            case "429": try await call.refuse(.tooManyRequests, headers: ["Retry-After": "1"])
            case "408": try await call.refuse(.requestTimeout)
            case "409": try await call.refuse(.conflict)
            case "500": try await call.refuse(.internalServerError, body: "<html>")
            case "503": try await call.refuse(.serviceUnavailable)
            case "broken": try await call.abort()
            case "fault":
                try await call.begin(format)
                try await call.send(raw: format.fault(code: "server_error", message: "?"))
            default:
                try await call.begin(format)
                try await call.abort()
            }
            let second = try await provider.nextQuestion()
            if format != .agentRun { #expect(second.body == call.body) }
            try await second.answer("Hello", as: format)
            #expect(try await answer == "Hello")
        }
    }

    @Test(arguments: WireFormat.allCases)
    func `a server that stays broken is asked three times`(format: WireFormat) async throws {
        try await Provider.run(format) { provider in
            async let failure = provider.failure()
            for _ in 1...3 { try await provider.nextQuestion().refuse(.internalServerError) }
            #expect(await failure == .unavailable(retryAfter: nil))
        }
    }

    static let refusals: [(status: HTTPResponseStatus, code: String, expected: ChatModelError)] = [
        (.forbidden, "403", .unauthorized),
        (.notFound, "DeploymentNotFound", .rejected(status: 404, code: "DeploymentNotFound")),
        (.badRequest, "content_filter", .rejected(status: 400, code: "content_filter")),
        (.tooManyRequests, "insufficient_quota", .rateLimited(retryAfter: nil)),
    ]

    @Test(arguments: WireFormat.allCases, refusals)
    func `a refusal that will stay is not asked again, and shows no text of the server`(
        format: WireFormat,
        refusal: (status: HTTPResponseStatus, code: String, expected: ChatModelError)
    ) async throws {
        try await Provider.run(format) { provider in
            async let failure = provider.failure()
            let call = try await provider.nextQuestion()
            let body: JSON = ["error": ["code": .string(refusal.code), "message": .string(Provider.key)]]
            try await call.refuse(refusal.status, body: body.text)
            let error = await failure
            #expect(error == refusal.expected)
            #expect(!"\(String(describing: error)) \(String(reflecting: error))".contains("canary"))
        }
    }

    @Test(arguments: WireFormat.allCases)
    func `a token that is refused is replaced, once`(format: WireFormat) async throws {
        try await Provider.run(format) { provider in
            async let failure = provider.failure()
            let call = try await provider.nextQuestion()
            try await call.refuse(.unauthorized, body: #"{"error":{"code":"401","message":"\#(Provider.key)"}}"#)
            if provider.usesIdentity {
                let old = try #require(call.head.headers["Authorization"].first)
                let second = try await provider.nextQuestion()
                #expect(second.head.headers["Authorization"] != [old])
                try await second.refuse(.unauthorized)
            }
            #expect(await failure == .unauthorized)
        }
    }

    @Test(arguments: WireFormat.allCases)
    func `who stops reading closes the connection`(format: WireFormat) async throws {
        try await Provider.run(format) { provider in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { _ = try await provider.model.reply(to: Provider.prompt).text() }
                let call = try await provider.nextQuestion()
                try await call.begin(format)
                try await call.send(raw: format.text("Hel"))
                group.cancelAll()
                try await call.callerLeaves()
                await #expect(throws: CancellationError.self) { try await group.next() }
            }
        }
    }

    @Test(arguments: WireFormat.allCases)
    func `who drops an answer closes the connection`(format: WireFormat) async throws {
        try await Provider.run(format) { provider in
            async let first: ChatDelta? = {
                var parts = try await provider.model.reply(to: Provider.prompt).makeAsyncIterator()
                while let part = try await parts.next(isolation: nil) { if case .text = part { return part } }
                return nil
            }()
            let call = try await provider.nextQuestion()
            try await call.begin(format)
            try await call.send(raw: format.text("Hel"))
            #expect(try await first == .text("Hel"))
            try await call.callerLeaves()
        }
    }

    @Test(arguments: WireFormat.allCases)
    func `a connection is used again`(format: WireFormat) async throws {
        try await Provider.run(format) { provider in
            var connections: Set<ObjectIdentifier> = []
            for _ in 1...3 {
                async let text = provider.model.reply(to: Provider.prompt).text()
                let call = try await provider.nextQuestion()
                connections.insert(call.connection)
                try await call.answer("Hi", as: format)
                #expect(try await text == "Hi")
            }
            #expect(connections.count <= 2)
        }
    }

    @Test(arguments: WireFormat.allCases)
    func `an answer that is too long is cut off`(format: WireFormat) async throws {
        try await Provider.run(format) { provider in
            async let failure = provider.failure(upTo: 4)
            let call = try await provider.nextQuestion()
            try await call.begin(format)
            try await call.send(raw: format.text("Hello"))
            #expect(await failure == .tooLong(limit: 4))
            try await call.callerLeaves()
        }
    }
}
