import Scheduling

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Where the rules of time zones come from: the system's files, which are kept up to date, or else what is built in.
///
/// Foundation would not do: without its tables of 30 MB it knows no zone but GMT.
struct TimeZones: Sendable {
    static let system = TimeZones(folder: "/usr/share/zoneinfo")
    /// UTC, under the name that the time zone database has for it.
    static let standard = "UTC"

    let folder: String?

    /// The rules of a zone; `nil` where there is none of this name.
    func rules(of name: String) -> ZoneRules? {
        guard Self.isName(name) else { return nil }
        if let folder, let data = FileManager.default.contents(atPath: "\(folder)/\(name)"),
            let rules = try? ZoneRules(tzif: [UInt8](data))
        {
            return rules
        }
        return BuiltInZones.rules(of: name)
    }

    /// Whether it has the form `Area/City`, which leads out of no folder.
    private static func isName(_ name: String) -> Bool {
        name.utf8.count <= 64
            && name.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { part in
                part.first?.isLetter == true
                    && part.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "_+-".contains($0)) }
            }
    }
}

extension CronExpression {
    func next(after date: Date, in zone: ZoneRules) -> Date? {
        next(after: Int(date.timeIntervalSince1970.rounded(.down)), in: zone)
            .map { Date(timeIntervalSince1970: Double($0)) }
    }

    func previous(upTo date: Date, in zone: ZoneRules) -> Date? {
        previous(upTo: Int(date.timeIntervalSince1970.rounded(.down)), in: zone)
            .map { Date(timeIntervalSince1970: Double($0)) }
    }
}
