import Foundation
import GRDB
import JSONText
import Messaging
import NIOHTTP1
import Testing
import TestInstruments

@testable import ServiceBusEmulator

/// The two ways to receive, and the ways to name what was received.
@Suite(.timeLimit(.minutes(1))) struct ReceivingTests {
    private let configuration = BrokerConfiguration(queues: [.init("jobs", lockSeconds: 60), .init("messages")])

    @Test func `what is received and deleted is gone at once, and is never locked`() async throws {
        try await withBroker(configuration) { broker in
            try await broker.send("a", "b")
            let delivery = try #require(try await broker.broker.receive(from: "jobs", mode: .receiveAndDelete, wait: 0))
            #expect(delivery.id == "a")
            #expect(delivery.custody == .removed)
            #expect(delivery.deliveryCount == 1)
            #expect(try await broker.broker.counts(in: "jobs") == MessageCounts(active: 1))
            broker.clock.advance(by: .seconds(100))
            #expect(try await broker.drain("jobs") == ["b"])
        }
    }

    @Test func `what reached nobody comes back to its place, whichever way it was received`() async throws {
        try await withBroker(configuration) { broker in
            try await broker.send("a", "b", timeToLive: 100)
            for mode in [ReceiveMode.receiveAndDelete, .peekLock, .receiveAndDelete] {
                let delivery = try #require(try await broker.broker.receive(from: "jobs", mode: mode, wait: 0))
                #expect(delivery.deliveryCount == 1)
                #expect(delivery.body == Data("body of a".utf8))
                _ = Handover(delivery, from: broker.broker)
            }
            #expect(try await broker.broker.counts(in: "jobs") == MessageCounts(active: 2))
            // It lives no longer for that.
            broker.clock.advance(by: .seconds(100))
            #expect(try await broker.drain("jobs/$deadletterqueue") == ["a", "b"])
        }
    }

    @Test func `one who waits takes a message away when it comes`() async throws {
        try await withBroker(configuration) { broker in
            async let delivery = broker.broker.receive(from: "jobs", mode: .receiveAndDelete, wait: 60)
            await broker.clock.waitForSleeper(of: .seconds(60))
            try await broker.send("a")
            #expect(try await delivery?.custody == .removed)
            #expect(try await broker.broker.counts(in: "jobs") == MessageCounts())
        }
    }

    @Test func `a message is settled by its number or its id, and by no other`() async throws {
        try await withEmulator(configuration) { bus in
            for (id, name) in [("my id/1", "my%20id%2F1"), ("99", "99"), ("messages", "messages"), ("head", "head")] {
                let headers: HTTPHeaders = ["BrokerProperties": #"{"MessageId":"\#(id)"}"#]
                #expect(try await bus.request(.POST, "/jobs/messages", headers: headers).status == 201)
                let message = try await bus.request(.POST, "/jobs/messages/head?timeout=0")
                let location = try #require(message.headers.first(name: "Location"))
                #expect(location.hasPrefix(bus.endpoint.url + "/jobs/messages/"))
                let parts = location.split(separator: "/")
                let token = try #require(parts.last)
                #expect(try await bus.request(.POST, "/jobs/messages/other/\(token)").status == 404)
                #expect(try await bus.request(.POST, "/jobs/messages/123456/\(token)").status == 404)
                #expect(try await bus.request(.POST, "/jobs/messages/\(name)/\(token)").status == 200)
                #expect(try await bus.request(.POST, "/jobs/messages/\(parts[parts.count - 2])/\(token)").status == 200)
                #expect(try await bus.request(.DELETE, "/jobs/messages/\(name)/\(token)").status == 200)
                #expect(try await bus.request(.DELETE, "/jobs/messages/\(name)/\(token)").status == 404)
            }
        }
    }

    @Test func `the address of a message is on the host that the client used`() async throws {
        try await withEmulator(configuration) { bus in
            let headers: HTTPHeaders = [
                "Host": "bus.example:81", "Authorization": bus.token(resource: "https://bus.example"),
            ]
            #expect(try await bus.request(.POST, "/messages/messages", headers: headers).status == 201)
            let message = try await bus.request(.POST, "/messages/messages/head?timeout=0", headers: headers)
            #expect(
                message.headers.first(name: "Location")?.hasPrefix("http://bus.example:81/messages/messages/") == true
            )
        }
    }

    @Test func `a key opens what its rights say`() async throws {
        try await withEmulator(configuration) { bus in
            let reader: HTTPHeaders = ["Authorization": bus.token(keyName: "reader")]
            let writer: HTTPHeaders = ["Authorization": bus.token(keyName: "writer")]
            #expect(try await bus.request(.POST, "/jobs/messages", headers: reader).status == 401)
            #expect(try await bus.request(.POST, "/jobs/messages", headers: writer).status == 201)
            #expect(try await bus.request(.POST, "/jobs/messages/head?timeout=0", headers: writer).status == 401)
            let message = try await bus.request(.DELETE, "/jobs/messages/head?timeout=0", headers: reader)
            #expect(message.status == 200)
            #expect(message.headers.first(name: "Location") == nil)
        }
    }

    @Test func `the life of a message is what its receiver is told`() async throws {
        let queue = BrokerConfiguration.Queue("jobs", timeToLiveSeconds: 100)
        try await withBroker(BrokerConfiguration(queues: [queue])) { broker in
            try await broker.send("short", timeToLive: 10)
            try await broker.send("long", timeToLive: 1000)
            try await broker.send("default")
            var lives: [Double?] = []
            while let delivery = try await broker.take() {
                lives.append(delivery.brokerProperties["TimeToLive"]?.double)
            }
            #expect(lives == [10, 100, 100])
        }
    }

    @Test func `a broker that counted by looking learns to count as it goes`() async throws {
        try await withDirectory { directory in
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
            let old = try DatabaseQueue(path: directory + "/broker.sqlite")
            try await old.write { db in
                try db.execute(
                    sql: Schema.first + """
                        INSERT INTO mailbox VALUES (1, 'jobs', 1);
                        INSERT INTO message (mailbox, state, broker, properties, body, enqueuedAt)
                        VALUES (1, 0, '{"MessageId":"a"}', '{}', 'x', 0), (1, 0, '{"MessageId":"b"}', '{}', 'x', 0);
                        CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);
                        INSERT INTO grdb_migrations VALUES ('1');
                        """
                )
            }
            try old.close()
            try await withBroker(configuration, in: directory, clock: TestClock()) { broker in
                let before = try await broker.broker.counts(in: "jobs")
                let id = try await broker.take()?.id
                let after = try await broker.broker.counts(in: "jobs")
                #expect(before == MessageCounts(active: 2))
                #expect(id == "a")
                #expect(after == MessageCounts(active: 1, locked: 1))
            }
        }
    }
}
