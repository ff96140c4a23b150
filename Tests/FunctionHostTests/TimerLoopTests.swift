import Logging
import ServiceLifecycle
import Settings
import TestInstruments
import Testing

@testable import FunctionHost

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite(.timeLimit(.minutes(1)))
struct TimerLoopTests {
    /// A clock on the wall, which can be set, and one that runs evenly.
    private final class Clocks: Sendable {
        let steady = TestClock()
        private let setBy = Shared(0.0)

        var wall: Date { steady.date.addingTimeInterval(setBy.withLock { $0 }) }

        func set(by seconds: Double) { setBy.withLock { $0 += seconds } }

        /// Lets time pass in steps that no sleep of the loop exceeds.
        func pass(minutes: Int) async {
            for _ in 0..<minutes {
                await steady.waitForSleepers(1)
                steady.advance(by: .seconds(60))
            }
            await steady.waitForSleepers(1)
        }
    }

    /// Runs a loop, and gives the times on the wall at which it called its function.
    private func calls(
        _ function: TimerFunction,
        failing: Bool = false,
        _ body: (Clocks) async throws -> Void
    ) async throws -> [String] {
        struct Broken: Error {}
        let clocks = Clocks()
        let calls = Shared<[Date]>([])
        let loop = TimerLoop(
            function,
            clock: clocks.steady,
            now: { clocks.wall },
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        ) {
            calls.withLock { $0.append(clocks.wall) }
            if failing { throw Broken() }
        }
        let group = ServiceGroup(services: [loop], logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            await clocks.steady.waitForSleepers(1)
            try await body(clocks)
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
        return calls.withLock { $0 }.map { String($0.formatted(.iso8601).dropFirst(11).prefix(5)) }
    }

    private static let everyTenMinutes = TimerFunction("Tick", .everyMinutes(10))

    @Test(arguments: [false, true])
    func `each time is due once`(failing: Bool) async throws {
        let calls = try await calls(Self.everyTenMinutes, failing: failing) { await $0.pass(minutes: 35) }
        #expect(calls == ["00:10", "00:20", "00:30"])
    }

    @Test func `a clock that is put back has nothing run twice`() async throws {
        let calls = try await calls(Self.everyTenMinutes) { clocks in
            await clocks.pass(minutes: 21)
            clocks.set(by: -15 * 60)
            await clocks.pass(minutes: 30)
        }
        #expect(calls == ["00:10", "00:20", "00:30"])
    }

    @Test func `a clock that is put forward misses times, and runs once for them`() async throws {
        let calls = try await calls(Self.everyTenMinutes) { clocks in
            await clocks.pass(minutes: 5)
            clocks.set(by: 32 * 60)
            await clocks.pass(minutes: 4)
        }
        #expect(calls == ["00:38", "00:40"])
    }

    @Test func `a clock that was wrong by years is followed at once`() async throws {
        let calls = try await calls(Self.everyTenMinutes) { clocks in
            await clocks.pass(minutes: 11)
            clocks.set(by: -400 * 86_400)
            await clocks.pass(minutes: 10)
        }
        #expect(calls == ["00:10", "00:20"])
    }

    @Test func `it runs at the start only where its declaration says so`() async throws {
        #expect(try await calls(TimerFunction("Tick", .hourly(minute: 30))) { _ in } == [])
        let sweep = TimerFunction("Tick", .hourly(minute: 30), runsOnStartup: true)
        #expect(try await calls(sweep) { await $0.pass(minutes: 31) } == ["00:00", "00:30"])
    }
}
