import AzureSimulator
import Rehearsal
import TestInstruments

extension SimulatedPlace {
    /// Runs a simulator in which time goes from event to event, however slow this machine is.
    static func withEvents<Result: Sendable>(
        _ change: (inout SimulatorConfiguration) -> Void = { _ in },
        _ body: (SimulatedPlace) async throws -> Result
    ) async throws -> Result {
        let clock = EventClock()
        // The simulator asks for the date with every request: somebody is at work.
        let time = SimulatedTime(clock: clock, limitClock: clock.limits) {
            clock.touch()
            return clock.date
        }
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await clock.run() }
            defer { group.cancelAll() }
            return try await with(time: time, change, body)
        }
    }
}
