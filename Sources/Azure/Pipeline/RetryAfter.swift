import NIOHTTP1
import WebFormats

#if canImport(FoundationEssentials)
import struct FoundationEssentials.Date
#else
import struct Foundation.Date
#endif

/// Reads how long a server wants to be left alone.
///
/// Sources: RFC 9110, section 10.2.3, for seconds and dates; azure-cli `containerapp/_clients.py` and azure-core
/// `_utils.py` for milliseconds, which win because they are finer.
enum RetryAfter {
    /// More than a day is a mistake, and counts as nothing said.
    private static let longest = 86_400.0

    static func duration(in headers: HTTPHeaders, now: Date) -> Duration? {
        for name in ["retry-after-ms", "x-ms-retry-after-ms"] {
            if let milliseconds = headers.first(name: name).flatMap(number) { return duration(milliseconds / 1000) }
        }
        guard let text = headers.first(name: "Retry-After") else { return nil }
        if let seconds = number(text) { return duration(seconds) }
        return HTTPDate(parsing: text).flatMap { date in
            duration(max(0, Double(date.secondsSince1970) - now.timeIntervalSince1970))
        }
    }

    private static func number(_ text: String) -> Double? {
        Double(text.filter { $0 != " " }).flatMap { $0.isFinite ? $0 : nil }
    }

    private static func duration(_ seconds: Double) -> Duration? {
        (0...longest).contains(seconds) ? .milliseconds(Int64((seconds * 1000).rounded(.up))) : nil
    }
}
