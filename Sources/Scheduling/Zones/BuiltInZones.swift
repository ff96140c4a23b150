/// The rules of all time zones from 2026 on, for systems without files that say them.
///
/// A container that holds one static program has no such files, and Foundation's essentials know no zone but GMT.
public enum BuiltInZones {
    public static var names: [String] { definitions.keys.sorted() }

    /// The rules of a zone; `nil` where there is none of this name.
    public static func rules(of name: String) -> ZoneRules? {
        definitions[name].flatMap { ZoneRules(definition: $0) }
    }

    /// The words that define each zone.
    private static let definitions: [String: ArraySlice<Substring>] = {
        var definitions: [String: ArraySlice<Substring>] = [:]
        for entry in table.split(whereSeparator: \.isWhitespace).split(separator: ";") {
            guard let mark = entry.firstIndex(of: ">") else { continue }
            for name in entry[mark...].dropFirst() { definitions[String(name)] = entry[..<mark] }
        }
        return definitions
    }()
}

extension ZoneRules {
    /// Reads the rule for each year; in some zones, the distance at first and single changes follow it.
    fileprivate init?(definition words: ArraySlice<Substring>) {
        guard let rule = words.first, let yearly = YearlyRule(rule) else { return nil }
        let changes = words.dropFirst(2).compactMap(Change.init)
        guard changes.count == max(words.count - 2, 0) else { return nil }
        let initialOffset = words.dropFirst().first.flatMap { Int($0) } ?? yearly.standard
        self.init(initialOffset: initialOffset, changes: changes, yearly: yearly)
    }
}

extension ZoneRules.Change {
    /// Reads `1771120800:0`.
    fileprivate init?(_ word: Substring) {
        let numbers = word.split(separator: ":").compactMap { Int($0) }
        guard numbers.count == 2 else { return nil }
        self.init(moment: numbers[0], offset: numbers[1])
    }
}
