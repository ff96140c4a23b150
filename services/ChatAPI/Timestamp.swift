#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// How this service writes a time: `2026-01-31T12:00:00.000Z` (RFC 3339).
enum Timestamp {
    @Sendable static func now() -> String {
        text(of: Date())
    }

    static func text(of date: Date) -> String {
        date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }
}
