import TestInstruments
import Testing
import ValidatorTools

@testable import Scheduling

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite(.enabled(if: Validators.areExpected, Validators.missing))
struct CroniterTests {
    private static let zones = [
        "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Sao_Paulo", "Asia/Kolkata",
    ]

    /// An expression and a moment to find the next due time after.
    private struct Question {
        let expression: CronExpression
        let zone: String
        let moment: Int

        var line: String { "\(expression.text)|\(zone)|\(moment)" }
    }

    @Test func `ten thousand due times are those of croniter`() async throws {
        let rules = try await Self.rules()
        var generator = SeededGenerator(seed: 1)
        let questions = try (0..<10_000).map { number in
            let zone = Self.zones[number % Self.zones.count]
            return Question(
                expression: try Self.expression(using: &generator),
                zone: zone,
                moment: try #require(rules[zone]).interestingMoment(using: &generator)
            )
        }
        let input = questions.map { "\($0.line)\n" }.joined()
        let verdict = try await Validators.python("cron_times.py", input: input)
        let lines = verdict.words.split(separator: "\n")
        try #require(verdict.isAccepted, "\(verdict.words.suffix(2000))")
        try #require(lines.count == questions.count + 1)
        var agreed = 0
        for (question, line) in zip(questions, lines) {
            let zone = try #require(rules[question.zone])
            let next = question.expression.next(after: question.moment, in: zone)
            #expect(next == Int(line), "\(question.line)")
            guard let next, next == Int(line) else { continue }
            #expect(question.expression.previous(upTo: next, in: zone) == next, "\(question.line)")
            let previous = question.expression.previous(upTo: next - 1, in: zone)
            #expect(previous.map { $0 <= question.moment } != false, "\(question.line)")
            agreed += 1
        }
        print("cron: \(agreed) of \(questions.count) due times compared and equal; \(lines[questions.count])")
    }

    @Test func `the zones that are built in are those of the time zone database`() async throws {
        let folder = try await Validators.python("cron_times.py", "folder").words
        #expect(BuiltInZones.names.count > 500)
        for name in BuiltInZones.names {
            let file = try ZoneRules(tzif: try Self.bytes("\(folder)/\(name)"))
            let builtIn = try #require(BuiltInZones.rules(of: name))
            // What differs does so where clocks change by one of the two.
            for moment in Self.changes(of: file) + Self.changes(of: builtIn) {
                #expect(builtIn.period(at: moment).offset == file.period(at: moment).offset, "\(name)")
                #expect(builtIn.period(at: moment - 1).offset == file.period(at: moment - 1).offset, "\(name)")
            }
        }
    }

    /// When clocks change from 2026 to 2050.
    private static func changes(of rules: ZoneRules) -> [Int] {
        var moments = [1_767_225_601]
        while let end = moments.last.map({ rules.period(at: $0).end }), end < 2_556_144_000 { moments.append(end) }
        return moments
    }

    @Test func `a file that is cut off anywhere is refused`() async throws {
        let folder = try await Validators.python("cron_times.py", "folder").words
        let bytes = try Self.bytes("\(folder)/Europe/Berlin")
        for length in 0..<bytes.count {
            #expect(throws: ZoneFileError.self) { try ZoneRules(tzif: Array(bytes.prefix(length))) }
        }
    }

    private static func rules() async throws -> [String: ZoneRules] {
        let folder = try await Validators.python("cron_times.py", "folder").words
        return try Dictionary(
            uniqueKeysWithValues: zones.map { ($0, try ZoneRules(tzif: try bytes("\(folder)/\($0)"))) }
        )
    }

    private static func bytes(_ path: String) throws -> [UInt8] {
        [UInt8](try #require(FileManager.default.contents(atPath: path)))
    }

    // MARK: Random expressions

    private static func expression(using generator: inout SeededGenerator) throws -> CronExpression {
        while true {
            let fields = CronField.allCases.map { field(of: $0, using: &generator) }
            // Some days never come.
            if let expression = try? CronExpression(fields.joined(separator: " ")) { return expression }
        }
    }

    private static func field(of field: CronField, using generator: inout SeededGenerator) -> String {
        let range: ClosedRange<Int> =
            switch field {
            case .minute: 0...59
            case .hour: 0...23
            case .dayOfMonth: 1...31
            case .month: 1...12
            case .dayOfWeek: 0...6
            }
        // Most days match, so that most due times are near the moment, where clocks change.
        let stars = field == .minute || field == .hour ? 30 : 75
        switch Int.random(in: 0..<100, using: &generator) {
        case 0..<stars: return "*"
        case stars..<(stars + 10): return "*/\(Int.random(in: 2..<range.upperBound, using: &generator))"
        default:
            let count = Int.random(in: 1...3, using: &generator)
            return (0..<count).map { _ in part(of: field, range, using: &generator) }.joined(separator: ",")
        }
    }

    private static func part(
        of field: CronField,
        _ range: ClosedRange<Int>,
        using generator: inout SeededGenerator
    ) -> String {
        let first = Int.random(in: range, using: &generator)
        // The hours in which clocks change are tried more often.
        let start = field == .hour && Bool.random(using: &generator) ? Int.random(in: 0...3, using: &generator) : first
        let end = Int.random(in: start...range.upperBound, using: &generator)
        let step = Int.random(in: 1...7, using: &generator)
        return switch Int.random(in: 0..<6, using: &generator) {
        case 0 where end > start: "\(start)-\(end)"
        case 1 where end > start: "\(start)-\(end)/\(step)"
        case 2 where field == .dayOfWeek: ["sun", "Mon", "TUE", "wed", "thu", "fri", "SAT"][start]
        case 3 where field == .month: ["jan", "Feb", "MAR", "apr", "may", "jun"][start % 6]
        case 4 where field == .dayOfWeek: "7"
        default: "\(start)"
        }
    }
}

extension ZoneRules {
    /// A moment of the years 2000 to 2036, most of the time close to a change of the clocks.
    fileprivate func interestingMoment(using generator: inout SeededGenerator) -> Int {
        let moment = Int.random(in: 946_684_800..<2_114_380_800, using: &generator)
        let change = period(at: moment).end
        guard change < 2_114_380_800 else { return moment }
        return switch Int.random(in: 0..<4, using: &generator) {
        case 0: moment
        case 1: change + Int.random(in: -129_600...129_600, using: &generator)
        default: change + Int.random(in: -7200...7200, using: &generator)
        }
    }
}
