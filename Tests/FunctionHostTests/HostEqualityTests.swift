import FunctionsHostSimulator
import JSONText
import Logging
import Messaging
import ServiceKit
import ServiceLifecycle
import Settings
import TestInstruments
import Testing

@testable import FunctionHost

/// The same functions, in every host: what becomes of a message is the same.
@Suite(.serialized, .timeLimit(.minutes(2)))
struct HostEqualityTests {
    private struct Broken: Error {}

    /// What the handler has seen.
    private struct Seen: Sendable, Hashable {
        let id: String
        let subject: String?
        let correlationID: String?
        let contentType: String?
        let body: String
        let properties: [String: String]
        let delivery: Int

        init(_ message: ReceivedMessage) {
            self.id = message.id
            self.subject = message.subject
            self.correlationID = message.correlationID
            self.contentType = message.contentType
            self.body = String(decoding: message.body, as: UTF8.self)
            self.properties = message.properties
            self.delivery = message.deliveryCount
        }
    }

    private struct Bench: Sendable {
        let dead = InMemoryQueue()
        let queue: InMemoryQueue
        let seen: AsyncStream<Seen>
        private let sees: AsyncStream<Seen>.Continuation
        /// How messages are settled.
        let settled: AsyncStream<Settlement>
        private let settles: AsyncStream<Settlement>.Continuation

        init() {
            self.queue = InMemoryQueue(rules: .init(maxDeliveries: 10), deadLetters: dead)
            (self.seen, self.sees) = AsyncStream.makeStream()
            (self.settled, self.settles) = AsyncStream.makeStream()
        }

        var source: WatchedReceiver { WatchedReceiver(queue: queue, settles: settles) }

        /// The consumer of the queue `events`, under the name that the stack gives it.
        func function(_ handle: @escaping @Sendable (ReceivedMessage) async throws -> Void) -> HostedFunction {
            .queue(QueueFunction<ReceivedMessage>("HandleEvent"), reading: { $0 }) { _, message in
                sees.yield(Seen(message))
                try await handle(message)
            }
        }

        /// Runs the one function while the body runs.
        func running(
            _ hosting: Hosting,
            maxDeliveries: Int = 10,
            _ handle: @escaping @Sendable (ReceivedMessage) async throws -> Void,
            body: @escaping @Sendable (RunningFunctions) async throws -> Void
        ) async throws {
            let (source, dead) = (source, dead)
            let functions = [function(handle)]
            let pause = Backoff(first: .milliseconds(1), limit: .milliseconds(1))
            let rules = MessagePump.Rules(maxDeliveries: maxDeliveries, handlerBackoff: pause)
            try await RunningFunctions.running(
                hosting,
                settings: ["SERVICEBUS_CONNECTION": "of the host"],
                queues: ["events": source]
            ) { environment in
                let (identity, port) = (
                    ServiceIdentity(name: "sample"), environment["FUNCTIONS_CUSTOMHANDLER_PORT"].flatMap { Int($0) }
                )
                let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
                if let port {
                    return CustomHandlerHost(functions, rules: rules)
                        .services(
                            identity: identity,
                            port: port,
                            authenticator: nil,
                            deadLetters: dead,
                            logger: silent
                        )
                }
                return StandaloneHost(functions, rules: rules)
                    .services(
                        identity: identity,
                        host: "127.0.0.1",
                        port: environment["PORT"].flatMap { Int($0) } ?? 0,
                        authenticator: nil,
                        source: source,
                        deadLetters: dead,
                        logger: silent
                    )
            } _: { functions in
                try await body(functions)
            }
        }
    }

    private static func message(_ body: String) -> OutgoingMessage {
        OutgoingMessage(
            id: "m-1",
            subject: "thing.done",
            correlationID: "c-1",
            body: Array(body.utf8),
            properties: ["traceparent": "00-1", "Größe": "groß \"und\" 👋"]
        )
    }

    @Test(arguments: Hosting.allCases, [#"{"b": 1.0,  "a": 12345678901234567890}"#, "no JSON", ""])
    func `a handler sees the message that was sent`(hosting: Hosting, body: String) async throws {
        let bench = Bench()
        try await bench.running(hosting) { _ in
        } body: { _ in
            try bench.queue.send([Self.message(body)])
            let seen = try #require(await bench.seen.first { _ in true })
            #expect(seen.id == "m-1")
            #expect(seen.subject == "thing.done")
            #expect(seen.correlationID == "c-1")
            #expect(seen.contentType == "application/json")
            #expect(seen.properties == ["traceparent": "00-1", "Größe": "groß \"und\" 👋"])
            #expect(seen.delivery == 1)
            #expect(seen.body == body)
            #expect(await bench.settled.first { _ in true } == .completed)
        }
        #expect(bench.queue.count == 0)
        #expect(bench.dead.count == 0)
    }

    @Test(arguments: Hosting.allCases)
    func `a rejected message becomes a dead letter at once, with the reason`(hosting: Hosting) async throws {
        let bench = Bench()
        try await bench.running(hosting) { _ in
            throw RejectedMessage(reason: "Wrong", description: "it can never be right")
        } body: { _ in
            try bench.queue.send([Self.message("{}")])
            let letter = try #require(try await bench.dead.receive(waitingAtMost: .seconds(60)))
            #expect(letter.id == "m-1")
            #expect(letter.subject == "thing.done")
            #expect(letter.body == Array("{}".utf8))
            #expect(letter.properties["DeadLetterReason"] == "Wrong")
            #expect(letter.properties["DeadLetterErrorDescription"] == "it can never be right")
            #expect(letter.properties["traceparent"] == "00-1")
            #expect(await bench.settled.first { _ in true } == .completed)
        }
        #expect(bench.queue.count == 0)
    }

    @Test(arguments: Hosting.allCases)
    func `a failing handler gets the message again, and at last it is given up`(hosting: Hosting) async throws {
        let bench = Bench()
        try await bench.running(hosting, maxDeliveries: 3) { _ in
            throw Broken()
        } body: { _ in
            try bench.queue.send([Self.message("{}")])
            var deliveries: [Int] = []
            for await seen in bench.seen {
                deliveries.append(seen.delivery)
                if deliveries.count == 3 { break }
            }
            #expect(deliveries == [1, 2, 3])
            let letter = try #require(try await bench.dead.receive(waitingAtMost: .seconds(60)))
            #expect(letter.properties["DeadLetterReason"] == "MaxDeliveryCountExceeded")
            var settlements: [Settlement] = []
            for await settlement in bench.settled {
                settlements.append(settlement)
                if settlement == .completed { break }
            }
            #expect(settlements == [.abandoned, .abandoned, .completed])
        }
        #expect(bench.queue.count == 0)
    }

    @Test(arguments: Hosting.allCases)
    func `what is in hand is finished when the program is told to stop`(hosting: Hosting) async throws {
        let bench = Bench()
        try await bench.running(hosting) { _ in
            // It has something to do until after the program was told.
            try await gracefulShutdown()
        } body: { functions in
            try bench.queue.send([Self.message("{}")])
            _ = await bench.seen.first { _ in true }
            await functions.stop()
            #expect(await bench.settled.first { _ in true } == .completed)
        }
        #expect(bench.queue.count == 0)
    }
}

/// What is done with a message at last.
enum Settlement: Sendable, Hashable {
    case completed
    case abandoned
}

/// A queue that tells how its messages are settled.
struct WatchedReceiver: MessageReceiver {
    let queue: InMemoryQueue
    let settles: AsyncStream<Settlement>.Continuation

    func receive(waitingAtMost wait: Duration) async throws -> ReceivedMessage? {
        try await queue.receive(waitingAtMost: wait)
    }

    func complete(_ lock: MessageLock) async throws {
        try queue.complete(lock)
        settles.yield(.completed)
    }

    func abandon(_ lock: MessageLock) async throws {
        try queue.abandon(lock)
        settles.yield(.abandoned)
    }

    func renew(_ lock: MessageLock) async throws {
        try queue.renew(lock)
    }
}
