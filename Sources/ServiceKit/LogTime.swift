import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Moments as log lines write them: `2026-11-21T19:58:36.767Z`.
///
/// A calendar costs more than all the rest of a line, and is asked once a second.
enum LogTime {
    private static let known = Mutex((second: 0, text: "1970-01-01T00:00:00"))

    static func text(of time: Date) -> String {
        let milliseconds = Int((time.timeIntervalSince1970 * 1000).rounded(.down))
        let second = milliseconds / 1000
        let start = known.withLock { known in
            if known.second != second {
                known = (second, String(Date(timeIntervalSince1970: Double(second)).formatted(.iso8601).dropLast()))
            }
            return known.text
        }
        let fraction = String(milliseconds % 1000)
        return "\(start).\(String(repeating: "0", count: 3 - fraction.count))\(fraction)Z"
    }
}
