import Foundation
import Testing
import TestInstruments

@testable import ServiceBusEmulator

/// The broker against a reference so simple that it is right at a glance, on random operations from fixed seeds.
@Suite(.timeLimit(.minutes(2))) struct ModelTests {
    @Test(arguments: 1...24)
    func `the broker does what the reference does`(seed: Int) async throws {
        var random = SeededGenerator(seed: seed)
        let rules = ReferenceQueue.Rules(
            lock: 30,
            maxDeliveries: Int.random(in: 1...4, using: &random),
            window: Bool.random(using: &random) ? 50 : nil,
            timeToLive: Bool.random(using: &random) ? 200 : nil
        )
        let configuration = BrokerConfiguration(queues: [
            .init(
                "jobs",
                maxDeliveries: rules.maxDeliveries,
                lockSeconds: Int(rules.lock),
                deduplicationSeconds: rules.window.map { Int($0) },
                timeToLiveSeconds: rules.timeToLive.map { Int($0) }
            )
        ])
        try await withBroker(configuration) { broker in
            var reference = ReferenceQueue(rules: rules)
            var locks: [(broker: LockReference, reference: Int)] = []
            for step in 0..<300 {
                let comment = Comment("step \(step)")
                reference.pass(to: broker.clock.date.timeIntervalSince1970)
                switch Int.random(in: 0..<10, using: &random) {
                case 0...2:
                    let id = "\(Int.random(in: 0..<20, using: &random))"
                    let delay = Int.random(in: 0..<4, using: &random) == 0 ? 40.0 : nil
                    try await broker.send(id, scheduledIn: delay)
                    reference.send(id, delay: delay ?? 0)
                case 3...5:
                    let delivery = try await broker.take()
                    let expected = reference.take()
                    #expect(delivery?.id == expected?.id, comment)
                    #expect(delivery?.deliveryCount == expected?.deliveries, comment)
                    if let delivery, let expected { locks.append((delivery.lock, expected.lock)) }
                case 6...8:
                    guard let (lock, number) = locks.randomElement(using: &random) else { continue }
                    let operation = Int.random(in: 0..<4, using: &random)
                    let isHeld = await Self.settle(operation, lock, broker)
                    #expect(isHeld == reference.settle(operation, number), comment)
                default:
                    broker.clock.advance(by: .seconds(Int.random(in: 1...25, using: &random)))
                }
            }
            reference.pass(to: broker.clock.date.timeIntervalSince1970)
            #expect(try await broker.drain("jobs") == reference.free.map(\.id))
            #expect(try await broker.drain("jobs/$deadletterqueue").sorted() == reference.dead.sorted())
        }
    }

    /// Settles in one of the ways; `false` when the lock was lost.
    private static func settle(_ operation: Int, _ lock: LockReference, _ broker: BrokerHarness) async -> Bool {
        do {
            switch operation {
            case 0, 1: try await broker.broker.complete(lock, in: "jobs")
            case 2: try await broker.broker.abandon(lock, in: "jobs")
            default: try await broker.broker.renew(lock, in: "jobs")
            }
            return true
        } catch {
            return false
        }
    }
}

/// A queue as one would explain it: a list of messages, looked through from the front.
struct ReferenceQueue {
    struct Rules {
        let lock: Double
        let maxDeliveries: Int
        let window: Double?
        let timeToLive: Double?
    }

    struct Message {
        let id: String
        var position: Int
        let visibleAt: Double
        var isScheduled: Bool
        var deliveries = 0
        var lock = 0
        var lockedUntil: Double?
    }

    private let rules: Rules
    private var now = 0.0
    private var messages: [Message] = []
    private var seen: [String: Double] = [:]
    private var lastPosition = 0
    private var lastLock = 0
    private(set) var dead: [String] = []

    init(rules: Rules) {
        self.rules = rules
    }

    var free: [Message] {
        messages.filter { $0.lockedUntil == nil && !$0.isScheduled }.sorted { $0.position < $1.position }
    }

    mutating func send(_ id: String, delay: Double) {
        if let window = rules.window {
            if let until = seen[id], until > now { return }
            seen[id] = now + window
        }
        lastPosition += 1
        messages.append(Message(id: id, position: lastPosition, visibleAt: now + delay, isScheduled: delay > 0))
    }

    mutating func take() -> (id: String, deliveries: Int, lock: Int)? {
        guard let next = free.first, let index = messages.firstIndex(where: { $0.position == next.position }) else {
            return nil
        }
        lastLock += 1
        messages[index].deliveries += 1
        messages[index].lock = lastLock
        messages[index].lockedUntil = now + rules.lock
        return (next.id, next.deliveries + 1, lastLock)
    }

    mutating func settle(_ operation: Int, _ lock: Int) -> Bool {
        guard let index = messages.firstIndex(where: { $0.lock == lock && $0.lockedUntil != nil }) else { return false }
        switch operation {
        case 0, 1: messages.remove(at: index)
        case 2: release(index)
        default: messages[index].lockedUntil = now + rules.lock
        }
        pass(to: now)
        return true
    }

    /// Lets time pass, in the order in which things become due.
    mutating func pass(to time: Double) {
        now = time
        while let index = messages.indices.min(by: { due(messages[$0]) < due(messages[$1]) }),
            due(messages[index]) <= now
        {
            if messages[index].lockedUntil != nil {
                release(index)
            } else if messages[index].isScheduled {
                lastPosition += 1
                messages[index].position = lastPosition
                messages[index].isScheduled = false
            } else {
                dead.append(messages.remove(at: index).id)
            }
        }
    }

    private func due(_ message: Message) -> Double {
        if let until = message.lockedUntil { return until }
        if message.isScheduled { return message.visibleAt }
        return rules.timeToLive.map { message.visibleAt + $0 } ?? .infinity
    }

    private mutating func release(_ index: Int) {
        if messages[index].deliveries >= rules.maxDeliveries {
            dead.append(messages.remove(at: index).id)
        } else {
            messages[index].lockedUntil = nil
        }
    }
}
