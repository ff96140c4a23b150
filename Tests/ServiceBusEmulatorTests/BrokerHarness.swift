import Foundation
import JSONText
import Logging
import TestInstruments

@testable import ServiceBusEmulator

/// A broker without a server, on a clock that stands still.
struct BrokerHarness {
    let broker: Broker
    let clock: TestClock

    func send(
        _ ids: String...,
        to path: String = "jobs",
        subject: String? = nil,
        scheduledIn schedule: Double? = nil,
        timeToLive: Double? = nil
    ) async throws {
        let messages = ids.map { id in
            var message = BrokerMessage(
                id: id,
                subject: subject,
                broker: [.init("MessageId", .string(id))],
                body: Data("body of \(id)".utf8)
            )
            message.scheduledAt = schedule.map { clock.date.addingTimeInterval($0) }
            message.timeToLive = timeToLive
            return message
        }
        try await broker.send(messages, to: path)
    }

    func take(_ path: String = "jobs") async throws -> Delivery? {
        try await broker.receive(from: path, wait: 0)
    }

    /// Takes all that is free.
    func drain(_ path: String) async throws -> [String] {
        var ids: [String] = []
        while let delivery = try await take(path) { ids.append(delivery.id) }
        return ids
    }
}

extension Delivery {
    var brokerProperties: JSON { (try? JSON(parsing: broker)) ?? .null }
    var id: String { brokerProperties["MessageId"]?.string ?? "" }

    /// The lock; one that is nobody's where the message was taken away.
    var lock: LockReference {
        switch custody {
        case .locked(let lock, _): lock
        case .removed: LockReference(sequence: -1, token: "")
        }
    }

    func property(_ name: String) -> String? {
        properties.first { $0.name == name }?.value.string
    }
}

let silentLogger = Logger(label: "tests") { _ in SwiftLogNoOpLogHandler() }

/// Runs a broker while the body runs; without a directory, in one of its own.
func withBroker(
    _ configuration: BrokerConfiguration,
    clock: TestClock = TestClock(),
    _ body: (BrokerHarness) async throws -> Void
) async throws {
    try await withDirectory { directory in
        try await withBroker(configuration, in: directory, clock: clock, body)
    }
}

/// Runs a broker on the files of a directory.
func withBroker(
    _ configuration: BrokerConfiguration,
    in directory: String,
    clock: TestClock,
    _ body: (BrokerHarness) async throws -> Void
) async throws {
    let broker = Broker(configuration, now: { clock.date }, clock: clock)
    let database = try BrokerDatabase(directory: directory, entities: broker.entities)
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { await broker.run(in: database, logger: silentLogger) }
        defer { broker.finish() }
        try await body(BrokerHarness(broker: broker, clock: clock))
    }
    database.close(logger: silentLogger)
}
