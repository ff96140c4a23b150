import Logging
import ServiceLifecycle
import Settings

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Calls a timer function whenever it is due.
///
/// A run that takes longer than the schedule's step skips the times that it missed, as the Azure Functions host does.
struct TimerLoop: Service {
    let name: String
    let schedule: TimerSchedule
    let logger: Logger
    let handler: HostedFunction.TimerHandler

    func run() async throws {
        try? await cancelWhenGracefulShutdown {
            while true {
                let now = Date()
                try await Task.sleep(for: .seconds(schedule.next(after: now).timeIntervalSince(now)))
                do {
                    try await handler()
                } catch {
                    logger.error("timer failed", metadata: ["function": "\(name)", "error": "\(type(of: error))"])
                }
            }
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
