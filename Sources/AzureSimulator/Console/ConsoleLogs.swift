import JSONText

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What containers wrote, by container.
struct ConsoleLogs: Sendable {
    struct Line: Sendable, Hashable {
        var at: Date
        var text: String
    }

    /// Lines that are kept of one container.
    private static let limit = 1_000

    private var lines: [String: [Line]] = [:]

    mutating func add(_ line: Line, to console: String) {
        lines[console, default: []].append(line)
        if let count = lines[console]?.count, count > 2 * Self.limit {
            lines[console]?.removeFirst(count - Self.limit)
        }
    }

    /// The last lines, the oldest first.
    func last(_ count: Int, of console: String) -> ArraySlice<Line> {
        (lines[console] ?? []).suffix(min(count, Self.limit))
    }
}

extension ConsoleLogs.Line {
    /// How the stream writes lines; from memory of what `az containerapp logs show` prints.
    enum Form: String { case json, text }

    func bytes(_ form: Form) -> [UInt8] {
        switch form {
        case .json:
            let json: JSON = ["TimeStamp": .string(timestamp), "Log": .string(text)]
            return json.bytes + [UInt8(ascii: "\n")]
        case .text: return Array("\(timestamp) \(text)\n".utf8)
        }
    }

    private var timestamp: String {
        let micros = Int((at.timeIntervalSince1970.truncatingRemainder(dividingBy: 1) * 1_000_000).rounded(.down))
        let digits = String(micros)
        let fraction = String(repeating: "0", count: max(0, 6 - digits.count)) + digits
        return String(at.formatted(.iso8601).dropLast()) + ".\(fraction)+00:00"
    }
}
