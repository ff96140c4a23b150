import Foundation
import JSONText
import Testing
import TestInstruments

@testable import ServiceBusEmulator

@Suite(.timeLimit(.minutes(1))) struct BrokerTests {
    // MARK: Topics

    @Test func `a topic gives every subscription its own copy of what it takes`() async throws {
        let configuration = BrokerConfiguration(
            topics: [.init("news")],
            subscriptions: [
                .init("all", topic: "news"),
                .init("mail", topic: "news", subjects: ["mail", "letter"]),
                .init("none", topic: "news", subjects: []),
            ]
        )
        try await withBroker(configuration) { broker in
            try await broker.send("1", to: "news", subject: "mail")
            try await broker.send("2", to: "News", subject: "Mail")
            try await broker.send("3", to: "news")
            try await broker.send("4", to: "news", subject: "letter")
            #expect(try await broker.drain("news/subscriptions/all") == ["1", "2", "3", "4"])
            #expect(try await broker.drain("news/Subscriptions/MAIL") == ["1", "4"])
            #expect(try await broker.drain("news/subscriptions/none") == [])
        }
    }

    @Test func `a topic drops repeats before it copies`() async throws {
        let configuration = BrokerConfiguration(
            topics: [.init("news", deduplicationSeconds: 60)],
            subscriptions: [.init("a", topic: "news"), .init("b", topic: "news")]
        )
        try await withBroker(configuration) { broker in
            try await broker.send("1", "1", to: "news")
            try await broker.send("1", to: "news")
            #expect(try await broker.drain("news/subscriptions/a") == ["1"])
            #expect(try await broker.drain("news/subscriptions/b") == ["1"])
        }
    }

    @Test func `a topic cannot be read and a subscription cannot be written`() async throws {
        let configuration = BrokerConfiguration(topics: [.init("news")], subscriptions: [.init("a", topic: "news")])
        try await withBroker(configuration) { broker in
            await #expect(throws: BrokerError.unknownEntity) { try await broker.take("news") }
            await #expect(throws: BrokerError.unknownEntity) {
                try await broker.send("1", to: "news/subscriptions/a")
            }
            await #expect(throws: BrokerError.unknownEntity) { try await broker.send("1", to: "nobody") }
        }
    }

    // MARK: Dead letters

    @Test func `a message that was delivered too often moves to the dead-letter queue with its reason`() async throws {
        try await withBroker(BrokerConfiguration(queues: [.init("jobs", maxDeliveries: 2)])) { broker in
            try await broker.send("a")
            for _ in 0..<2 {
                let delivery = try #require(try await broker.take())
                try await broker.broker.abandon(delivery.lock, in: "jobs")
            }
            #expect(try await broker.take() == nil)
            let letter = try #require(try await broker.take("jobs/$DeadLetterQueue"))
            #expect(letter.id == "a")
            #expect(letter.body == Data("body of a".utf8))
            #expect(letter.property("DeadLetterReason") == "MaxDeliveryCountExceeded")
            #expect(letter.brokerProperties["DeadLetterSource"] == "jobs")
            // There is no place further down.
            for _ in 0..<20 {
                broker.clock.advance(by: .seconds(61))
                #expect(try await broker.take("jobs/$deadletterqueue")?.id == "a")
            }
        }
    }

    @Test func `a message that lives too long moves to the dead-letter queue`() async throws {
        let queue = BrokerConfiguration.Queue("jobs", timeToLiveSeconds: 100)
        try await withBroker(BrokerConfiguration(queues: [queue])) { broker in
            try await broker.send("long", timeToLive: 1000)
            try await broker.send("short", timeToLive: 10)
            broker.clock.advance(by: .seconds(10))
            #expect(try await broker.take("jobs/$deadletterqueue")?.id == "short")
            broker.clock.advance(by: .seconds(90))
            let letter = try #require(try await broker.take("jobs/$deadletterqueue"))
            #expect(letter.id == "long")
            #expect(letter.property("DeadLetterReason") == "TTLExpiredException")
            #expect(try await broker.take() == nil)
        }
    }

    @Test func `a locked message outlives its time until its lock ends`() async throws {
        try await withBroker(BrokerConfiguration(queues: [.init("jobs", lockSeconds: 60)])) { broker in
            try await broker.send("a", "b", timeToLive: 10)
            let first = try #require(try await broker.take())
            let second = try #require(try await broker.take())
            broker.clock.advance(by: .seconds(50))
            try await broker.broker.complete(first.lock, in: "jobs")
            try await broker.broker.abandon(second.lock, in: "jobs")
            #expect(try await broker.take() == nil)
            #expect(try await broker.drain("jobs/$deadletterqueue") == ["b"])
        }
    }

    // MARK: Time

    @Test func `a scheduled message takes its place when it becomes due`() async throws {
        try await withBroker(BrokerConfiguration(queues: [.init("jobs")])) { broker in
            try await broker.send("later", scheduledIn: 10, timeToLive: 5)
            try await broker.send("now")
            broker.clock.advance(by: .seconds(10))
            try await broker.send("after")
            #expect(try await broker.drain("jobs") == ["now", "later", "after"])
        }
    }

    @Test func `the life of a scheduled message begins when it becomes due`() async throws {
        try await withBroker(BrokerConfiguration(queues: [.init("jobs")])) { broker in
            try await broker.send("a", scheduledIn: 100, timeToLive: 5)
            broker.clock.advance(by: .seconds(104))
            #expect(try await broker.broker.counts(in: "jobs") == MessageCounts(active: 1))
            broker.clock.advance(by: .seconds(1))
            #expect(try await broker.broker.counts(in: "jobs").active == 0)
        }
    }

    @Test func `thousands of messages that become due together all do`() async throws {
        try await withBroker(BrokerConfiguration(queues: [.init("jobs")])) { broker in
            for _ in 0..<5 {
                let messages = (0..<500).map {
                    BrokerMessage(id: "\($0)", broker: [], body: Data(), timeToLive: 5)
                }
                try await broker.broker.send(messages, to: "jobs")
            }
            broker.clock.advance(by: .seconds(5))
            while try await broker.broker.counts(in: "jobs").active > 0 {}
            #expect(try await broker.broker.counts(in: "jobs/$deadletterqueue").active == 2500)
        }
    }

    // MARK: Waiting

    @Test func `those who wait are served in the order in which they came`() async throws {
        try await withBroker(BrokerConfiguration(queues: [.init("jobs")])) { broker in
            let served = Shared<[String]>([])
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 1...3 {
                    // Each waits a second less than the one before, so that its arrival shows on the clock.
                    let wait = Double(61 - number)
                    group.addTask {
                        let delivery = try await broker.broker.receive(from: "jobs", wait: wait)
                        served.withLock { $0.append("\(number)-\(delivery?.id ?? "nothing")") }
                    }
                    await broker.clock.waitForSleeper(of: .seconds(wait))
                }
                for id in ["a", "b", "c"] {
                    try await broker.send(id)
                    try await group.next()
                }
            }
            #expect(served.withLock { $0 } == ["1-a", "2-b", "3-c"])
        }
    }

    @Test func `a message that reached nobody is taken back uncounted`() async throws {
        try await withBroker(BrokerConfiguration(queues: [.init("jobs", maxDeliveries: 1)])) { broker in
            try await broker.send("a")
            for _ in 0..<3 {
                let delivery = try #require(try await broker.take())
                #expect(delivery.deliveryCount == 1)
                broker.broker.takeBack(delivery)
            }
            let delivery = try #require(try await broker.take())
            Handover(delivery, from: broker.broker).done()
            #expect(try await broker.take() == nil)
            broker.broker.takeBack(delivery)
            // Dropped without an answer having been written.
            _ = Handover(try #require(try await broker.take()), from: broker.broker)
            #expect(try await broker.take() != nil)
        }
    }

    @Test func `a broker that ends lets everybody go`() async throws {
        try await withDirectory { directory in
            let clock = TestClock()
            let broker = Broker(BrokerConfiguration(queues: [.init("jobs")]), now: { clock.date }, clock: clock)
            let database = try BrokerDatabase(directory: directory, entities: broker.entities)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await broker.run(in: database, logger: silentLogger) }
                group.addTask {
                    let delivery = try await broker.receive(from: "jobs", wait: 60)
                    #expect(delivery == nil)
                }
                await clock.waitForSleeper(of: .seconds(60))
                broker.endWaits()
                try await group.next()
                #expect(try await broker.receive(from: "jobs", wait: 60) == nil)
                broker.finish()
                try await group.waitForAll()
            }
            await #expect(throws: BrokerError.stopped) { try await broker.receive(from: "jobs", wait: 0) }
            database.close(logger: silentLogger)
        }
    }
}
