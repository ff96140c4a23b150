import Logging
import ServiceLifecycle
import Settings

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Calls a timer function whenever it is due, and once for each time that is due.
///
/// A run that takes longer than the schedule's step skips the times that it missed, as the Azure Functions host does.
/// So does a clock that is put forward. When it is put back, what was due has run already, and the next time is the
/// first after it.
struct TimerLoop: Service {
    let function: TimerFunction
    private let clock: any Clock<Duration>
    private let now: @Sendable () -> Date
    private let logger: Logger
    private let handler: HostedFunction.TimerHandler

    /// The longest sleep: nothing tells that the clock on the wall was set, so it is looked at now and then.
    private static let longestSleep = Duration.seconds(60)
    /// No schedule has two times further apart, in seconds.
    ///
    /// Who finds the last run further ahead had a wrong clock then.
    private static let longestPeriod = 86_400.0

    init(
        _ function: TimerFunction,
        clock: any Clock<Duration> = ContinuousClock(),
        now: @escaping @Sendable () -> Date = { Date() },
        logger: Logger,
        handler: @escaping HostedFunction.TimerHandler
    ) {
        self.function = function
        self.clock = clock
        self.now = now
        self.logger = logger
        self.handler = handler
    }

    func run() async throws {
        if function.runsOnStartup { await call() }
        var last = now()
        // Only waiting is cut short by a shutdown; a run is finished.
        while let due = try? await cancelWhenGracefulShutdown({ [last] in try await nextTime(after: last) }) {
            await call()
            // The times that passed during the run are missed.
            last = max(due, now())
        }
    }

    /// Waits until the function is due again.
    private func nextTime(after last: Date) async throws -> Date {
        var last = last
        while true {
            let moment = now()
            if last.timeIntervalSince(moment) > Self.longestPeriod { last = moment }
            let due = function.schedule.next(after: last)
            let wait = due.timeIntervalSince(moment)
            guard wait > 0 else { return due }
            try await clock.sleep(for: min(.seconds(wait), Self.longestSleep))
        }
    }

    private func call() async {
        do {
            try await handler()
        } catch {
            guard !Task.isCancelled else { return }
            logger.error("timer failed", metadata: ["function": "\(function.name)", "error": "\(type(of: error))"])
        }
    }
}

extension TimerSchedule {
    /// The first due time after a moment, in UTC.
    func next(after moment: Date) -> Date {
        let second = Int(moment.timeIntervalSince1970.rounded(.down))
        let (period, phase) =
            switch self {
            case .everyMinutes(let minutes): (minutes * 60, 0)
            case .hourly(let minute): (3600, minute * 60)
            case .daily(let hour, let minute): (86400, hour * 3600 + minute * 60)
            }
        guard case .everyMinutes = self else {
            let periods = (second - phase).quotientRoundedDown(dividingBy: period) + 1
            return Date(timeIntervalSince1970: Double(periods * period + phase))
        }
        // Steps of minutes are counted from the full hour, so the last one of an hour may be shorter.
        let hour = second.quotientRoundedDown(dividingBy: 3600) * 3600
        let next = hour + ((second - hour) / period + 1) * period
        return Date(timeIntervalSince1970: Double(min(next, hour + 3600)))
    }
}

extension Int {
    fileprivate func quotientRoundedDown(dividingBy divisor: Int) -> Int {
        self >= 0 ? self / divisor : (self - divisor + 1) / divisor
    }
}
