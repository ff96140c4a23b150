import Events
import JSONText
import Logging
import Messaging
import Scheduling
import TestInstruments

@testable import EventFunctions

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A function app whose time is simulated: store and queue survive whatever happens, the handlers do not.
final class Simulation: Sendable {
    /// What goes wrong: at each effect of a handler, before it and after it.
    struct Faults: Sendable {
        /// How often a handler dies there, in percent.
        var crashes = 0
        /// How often another replica handles the same message meanwhile, in percent.
        var replicas = 0
        /// The one place where a handler dies for sure, counted from the first of all.
        var crash: Int?
    }

    private struct State {
        var now: Date
        var generator: SeededGenerator
        /// When something in the queue becomes visible.
        var wakes: Set<Date> = []
        var fired: [String: [Date]] = [:]
        /// What the running handler is busy with; `nil` where nothing may go wrong.
        var message: ReceivedMessage?
        var crashes = 0
        var meetings = 0
        /// How many places a handler has passed where it may die.
        var places = 0
    }

    /// A handler that is gone without a word.
    struct Crash: Error {}

    let store = InMemoryScheduleStore()
    private let queue: InMemoryQueue
    private let state: Shared<State>
    private let faults: Faults
    private let missed: MissedTimes
    /// After so many deliveries a message meets no more crashes: a handler that always dies is another story.
    private static let deliveriesWithCrashes = 5

    init(seed: Int = 0, faults: Faults = Faults(), missed: MissedTimes = .last, start: Date = Schedule.start) {
        let state = Shared(State(now: start, generator: SeededGenerator(seed: seed)))
        self.state = state
        self.faults = faults
        self.missed = missed
        self.queue = InMemoryQueue(
            rules: .init(lock: .seconds(60), maxDeliveries: 10, deduplication: .seconds(86_400), capacity: 100_000),
            now: { state.withLock { $0.now } }
        )
    }

    var now: Date { state.withLock { $0.now } }
    /// The due times that events arrived for, by the sources of the events.
    var fired: [String: [Date]] { state.withLock { $0.fired } }
    var crashes: Int { state.withLock { $0.crashes } }
    var meetings: Int { state.withLock { $0.meetings } }

    func pass(_ seconds: TimeInterval) { state.withLock { $0.now += seconds } }

    /// Keeps a schedule and has the queue wake it, as the API does.
    func add(_ schedule: Schedule, isArmed: Bool = true) async throws {
        var schedule = schedule
        schedule.isArmed = isArmed
        _ = try await store.insert(schedule, limit: 1000)
        if isArmed { try await send([DueMessage(for: schedule).message()]) }
    }

    func sweep() async throws {
        let sweep = SweepSchedules(store: store, queue: Queue(simulation: self), logger: .silent, now: { self.now })
        try await sweep.sweep()
    }

    /// Handles what arrives until a time.
    func run(until end: Date) async throws {
        while true {
            if let message = try await queue.receive(waitingAtMost: .zero) {
                state.withLock { _ = $0.wakes.insert(message.lockedUntil) }
                try await handle(message)
                continue
            }
            let next = state.withLock { state in
                state.wakes = state.wakes.filter { $0 > state.now }
                return state.wakes.min()
            }
            guard let next, next <= end else { break }
            state.withLock { $0.now = next }
        }
        state.withLock { $0.now = end }
    }

    private func handle(_ message: ReceivedMessage) async throws {
        guard message.subject == DueMessage.subject else {
            let event = try Event(try JSON(parsing: message.body))
            state.withLock { $0.fired[event.source, default: []].append(event.timestamp.date) }
            return try queue.complete(message.lock)
        }
        state.withLock { $0.message = message }
        defer { state.withLock { $0.message = nil } }
        do {
            try await handler.handle(message)
        } catch is Crash {
            return
        }
        try queue.complete(message.lock)
    }

    private var handler: FireSchedule {
        FireSchedule(
            store: Store(simulation: self),
            queue: Queue(simulation: self),
            zones: TimeZones(folder: nil),
            missed: missed,
            logger: .silent,
            now: { self.now }
        )
    }

    // MARK: Effects

    private func send(_ messages: [OutgoingMessage]) async throws {
        try queue.send(messages)
        state.withLock { state in
            for message in messages { state.wakes.insert(max(message.scheduledAt ?? state.now, state.now)) }
        }
    }

    /// Has an effect, unless something goes wrong before, or goes wrong after it.
    fileprivate func effect<Value>(_ body: () async throws -> Value) async throws -> Value {
        try await accident()
        let value = try await body()
        try await accident()
        return value
    }

    private func accident() async throws {
        let (crashes, other) = state.withLock { state -> (Bool, ReceivedMessage?) in
            guard let message = state.message else { return (false, nil) }
            let mayCrash = message.deliveryCount <= Self.deliveriesWithCrashes
            let crashes = Int.random(in: 0..<100, using: &state.generator) < faults.crashes
            state.places += 1
            if (mayCrash && crashes) || state.places == faults.crash {
                state.crashes += 1
                return (true, nil)
            }
            guard Int.random(in: 0..<100, using: &state.generator) < faults.replicas else { return (false, nil) }
            state.meetings += 1
            return (false, message)
        }
        if crashes { throw Crash() }
        guard let other else { return }
        // The other one comes through; at this very moment, so that each run of a seed is the same.
        state.withLock { $0.message = nil }
        try await handler.handle(other)
        state.withLock { $0.message = other }
    }

    private struct Queue: MessageSender {
        let simulation: Simulation

        func send(_ messages: [OutgoingMessage]) async throws {
            try await simulation.effect { try await simulation.send(messages) }
        }
    }

    private struct Store: ScheduleStore {
        let simulation: Simulation
        var store: InMemoryScheduleStore { simulation.store }

        func insert(_ schedule: Schedule, limit: Int) async throws -> StoredSchedule {
            try await simulation.effect { try await store.insert(schedule, limit: limit) }
        }

        func schedule(_ id: String, of owner: String) async throws -> StoredSchedule? {
            try await simulation.effect { try await store.schedule(id, of: owner) }
        }

        func schedules(of owner: String, after continuation: String?, limit: Int) async throws -> SchedulePage {
            try await store.schedules(of: owner, after: continuation, limit: limit)
        }

        func replace(_ stored: StoredSchedule, with schedule: Schedule) async throws -> StoredSchedule {
            try await simulation.effect { try await store.replace(stored, with: schedule) }
        }

        func delete(_ stored: StoredSchedule) async throws {
            try await simulation.effect { try await store.delete(stored) }
        }

        func delete(_ id: String, of owner: String) async throws -> Bool {
            try await simulation.effect { try await store.delete(id, of: owner) }
        }

        func neglected(_ neglect: Neglect, after continuation: String?, limit: Int) async throws -> SchedulePage {
            try await store.neglected(neglect, after: continuation, limit: limit)
        }
    }
}
