import Events
import JSONText
import Messaging
import Scheduling
import TestInstruments
import Testing

@testable import EventFunctions

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

struct FireScheduleTests {
    private static let month: TimeInterval = 31 * 86_400
    private static let zones = TimeZones(folder: nil)
    /// March 2026, in which clocks in Berlin and New York are put forward.
    private static let expressions = [
        ("*/20 * * * *", "UTC"), ("7 * * * *", "America/New_York"), ("30 2 * * *", "Europe/Berlin"),
        ("0 9 * * MON-FRI", "America/New_York"), ("0 0 1,15 * *", "Asia/Kolkata"), ("* 12 3 * *", "UTC"),
        ("*/2 1-3 29 * *", "Europe/Berlin"), ("*/3 6,18 * * *", "UTC"),
    ]

    @Test(arguments: 0..<(Thoroughness.isFull ? 100 : 4))
    func `each due time of a month gives one event whoever dies when`(seed: Int) async throws {
        let simulation = Simulation(seed: seed, faults: .init(crashes: 4 + seed % 12, replicas: seed % 7))
        let start = simulation.now
        let end = start + Self.month
        var expected: [String: [Date]] = [:]
        for (number, (text, zone)) in Self.expressions.enumerated() {
            let schedule = try Self.recurring("cron \(number)", text, zone, from: start)
            // What made every second one died before it could arm it; the sweep is left to do so.
            try await simulation.add(schedule, isArmed: number.isMultiple(of: 2))
            expected[schedule.id] = try Self.dueTimes(of: schedule, until: end)
        }
        for number in 1...10 {
            let due = start + (Self.month / 11 * Double(number)).rounded() + 0.123
            let schedule = try Schedule.sample("once \(number)", timing: .once(due), createdAt: start, next: due)
            try await simulation.add(schedule)
            expected[schedule.id] = [due]
        }
        try await simulation.run(until: start + 360)
        try await simulation.sweep()
        for day in stride(from: start + 86_400, through: end, by: 86_400) {
            try await simulation.run(until: day)
            try await simulation.sweep()
        }
        // The last due times may have met a crash, and their locks run for a while.
        try await simulation.run(until: end + 900)
        #expect(simulation.crashes > 50)
        #expect(simulation.meetings > 50 || seed % 7 == 0)
        for (id, times) in expected {
            let fired = simulation.fired[id, default: []].filter { $0 <= end }.map(Self.milliseconds)
            #expect(fired.sorted() == times.map(Self.milliseconds), "\(id)")
        }
    }

    @Test(arguments: [
        // Down from 12:30 to 15:10, on the hour: 13, 14 and 15 o'clock were missed.
        (MissedTimes.last, "0 * * * *", [15]), (.all, "0 * * * *", [13, 14, 15]), (.skip, "0 * * * *", []),
    ])
    func `what an outage leaves is made up for as the setting says`(
        missed: MissedTimes,
        text: String,
        hours: [Int]
    ) async throws {
        let simulation = Simulation(missed: missed)
        let noon = simulation.now
        try await simulation.add(try Self.recurring("c", text, "UTC", from: noon))
        try await simulation.run(until: noon + 1800)
        simulation.pass(9600)
        try await simulation.run(until: noon + 5 * 3600)
        #expect(simulation.fired["c"] == (hours + [16, 17]).map { noon + Double($0 - 12) * 3600 })
    }

    @Test func `a minute's schedule fires once after an outage of minutes`() async throws {
        let simulation = Simulation()
        let noon = simulation.now
        try await simulation.add(try Self.recurring("c", "* * * * *", "UTC", from: noon))
        simulation.pass(330)
        try await simulation.run(until: noon + 420)
        #expect(simulation.fired["c"] == [300, 360, 420].map { noon + $0 })
    }

    /// The store is read, moved on, and the event sent; there is a place before and one after each.
    @Test(arguments: [4, 5, 6]) func `what was passed over stays so when its handler dies`(place: Int) async throws {
        let simulation = Simulation(faults: .init(crash: place))
        let noon = simulation.now
        try await simulation.add(try Self.recurring("c", "* * * * *", "UTC", from: noon))
        simulation.pass(330)
        try await simulation.run(until: noon + 480)
        #expect(simulation.crashes == 1)
        #expect(simulation.fired["c"] == [300, 360, 420, 480].map { noon + $0 })
    }

    @Test func `a restart of a minute loses nothing`() async throws {
        let simulation = Simulation()
        let noon = simulation.now
        try await simulation.add(try Self.recurring("c", "* * * * *", "UTC", from: noon))
        try await simulation.run(until: noon + 70)
        simulation.pass(80)
        try await simulation.run(until: noon + 240)
        #expect(simulation.fired["c"] == [60, 120, 180, 240].map { noon + $0 })
    }

    @Test(arguments: [(MissedTimes.last, 1), (.all, 1), (.skip, 0)])
    func `a schedule of one time fires once on return`(missed: MissedTimes, count: Int) async throws {
        let simulation = Simulation(missed: missed)
        let due = simulation.now + 60
        try await simulation.add(try .sample("o", timing: .once(due), next: due))
        simulation.pass(5 * 86_400)
        try await simulation.run(until: simulation.now + 3600)
        #expect(simulation.fired["o", default: []] == Array(repeating: due, count: count))
        #expect(try await simulation.store.schedule("o", of: "ada") == nil)
    }

    @Test func `making up for all of a long outage is bounded`() async throws {
        let simulation = Simulation(missed: .all)
        try await simulation.add(try Self.recurring("c", "* * * * *", "UTC", from: simulation.now))
        simulation.pass(30 * 86_400 + 30)
        let back = simulation.now
        try await simulation.run(until: back)
        let fired = try #require(simulation.fired["c"])
        #expect(fired.count == 100)
        #expect(fired.last == back - 30)
    }

    @Test func `a schedule that was deleted stays silent`() async throws {
        let simulation = Simulation()
        try await simulation.add(try Self.recurring("c", "0 * * * *", "UTC", from: simulation.now))
        try await simulation.run(until: simulation.now + 3600)
        #expect(try await simulation.store.delete("c", of: "ada"))
        try await simulation.run(until: simulation.now + 86_400)
        #expect(simulation.fired["c"]?.count == 1)
    }

    @Test func `a message that is lost for good is replaced by the sweep`() async throws {
        let simulation = Simulation()
        let noon = simulation.now
        var schedule = try Self.recurring("c", "0 * * * *", "UTC", from: noon)
        schedule.isArmed = true
        _ = try await simulation.store.insert(schedule, limit: 1)
        try await simulation.run(until: noon + 7300)
        try await simulation.sweep()
        try await simulation.run(until: noon + 4 * 3600)
        #expect(simulation.fired["c"] == [2, 3, 4].map { noon + $0 * 3600 })
    }

    @Test func `an event cannot pass for a message that wakes`() throws {
        let event = try Event(
            JSON(
                parsing: Array(
                    #"{"owner":"x","schedule":"y","due":"2026-01-01T00:00:00Z","source":"s","type":"schedule.due"}"#
                        .utf8
                )
            ),
            defaultUser: "ada"
        )
        let message = ReceivedMessage(
            id: "1",
            subject: event.type,
            correlationID: nil,
            contentType: nil,
            body: event.json.bytes,
            properties: [:],
            deliveryCount: 1,
            enqueuedAt: Schedule.start,
            lockedUntil: Schedule.start,
            lock: MessageLock(token: "1")
        )
        #expect(throws: RejectedMessage.self) { try DueMessage(message) }
    }

    /// A time in the precision that events have.
    private static func milliseconds(_ date: Date) -> Int { Int((date.timeIntervalSince1970 * 1000).rounded()) }

    private static func recurring(_ id: String, _ text: String, _ zone: String, from start: Date) throws -> Schedule {
        let expression = try CronExpression(text)
        let rules = try #require(zones.rules(of: zone))
        let next = try #require(expression.next(after: start, in: rules))
        return try .sample(id, timing: .cron(expression, zone: zone), createdAt: start, next: next)
    }

    private static func dueTimes(of schedule: Schedule, until end: Date) throws -> [Date] {
        guard case .cron(let expression, let zone) = schedule.timing else { return [] }
        let rules = try #require(zones.rules(of: zone))
        return sequence(first: schedule.next) { expression.next(after: $0, in: rules) }.prefix { $0 <= end }.map { $0 }
    }
}
