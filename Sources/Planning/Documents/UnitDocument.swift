/// Reads the unit files of systemd.
///
/// Source: freedesktop.org/software/systemd/man/latest/systemd.syntax.html
enum UnitDocument {
    static func things(_ text: String) throws(ReadingError) -> [Thing] {
        var sections: [(name: String, directives: [Directive])] = []
        var positions: [String: Int] = [:]
        var current: Int?
        for (number, line) in logicalLines(text) {
            if line.hasPrefix("["), line.hasSuffix("]") {
                // A section may be opened again; its directives go on.
                let name = String(line.dropFirst().dropLast())
                let position = positions[name] ?? sections.count
                if position == sections.count { sections.append((name, [])) }
                positions[name] = position
                current = position
            } else if let equals = line.firstIndex(of: "="), let current {
                let value = String(line[line.index(after: equals)...]).trimmed
                sections[current].directives.append(Directive(name: String(line[..<equals]).trimmed, value: value))
            } else {
                throw ReadingError("neither a section nor a directive of one", line: number)
            }
        }
        return sections.map { Thing(.init(.section, $0.name), properties(of: $0.directives)) }
    }

    private struct Directive {
        let name: String
        let value: String
    }

    /// The lines without comments and empty ones; a backslash at the end goes on in the next.
    private static func logicalLines(_ text: String) -> [(number: Int, text: String)] {
        var lines: [(number: Int, text: String)] = []
        var isOpen = false
        for (index, raw) in Lines(text).contents.enumerated() {
            let line = String(decoding: raw, as: UTF8.self).trimmed
            if line.hasPrefix("#") || line.hasPrefix(";") || line.isEmpty && !isOpen { continue }
            let continues = line.hasSuffix("\\")
            let content = continues ? String(line.dropLast()) + " " : line
            if isOpen { lines[lines.count - 1].text += content } else { lines.append((index + 1, content)) }
            isOpen = continues
        }
        return lines.map { ($0.number, $0.text.trimmed) }
    }

    private static func properties(of directives: [Directive]) -> Value {
        var names: [String] = []
        var values: [String: [String]] = [:]
        for directive in directives {
            if values[directive.name] == nil { names.append(directive.name) }
            values[directive.name, default: []].append(directive.value)
        }
        return .object(names.map { .init($0, value(of: $0, values[$0] ?? [])) })
    }

    private static func value(of name: String, _ values: [String]) -> Value {
        // An empty value takes back what was said before, so that the order counts.
        let isPlain = !values.contains("")
        if name == "Environment", isPlain {
            return keyed(values.flatMap { UnitWords.split($0) }, by: "=") ?? listed(values)
        }
        if name.hasPrefix("SetCredential"), isPlain {
            return keyed(values, by: ":").map { .object(($0.members ?? []).map { .init($0.name, $0.value.hidden) }) }
                ?? listed(values).hidden
        }
        if name.hasPrefix("LoadCredential"), isPlain { return keyed(values, by: ":") ?? listed(values) }
        if ArrayRule.of(name) != .unknown, isPlain {
            let words = values.flatMap { $0.split(whereSeparator: { $0 == " " || $0 == "\t" }) }
            return .list(words.map { .string(String($0)) })
        }
        return listed(values)
    }

    private static func listed(_ values: [String]) -> Value {
        values.count == 1 ? .string(values[0]) : .list(values.map { .string($0) })
    }

    /// `NAME=value` words as an object; a later one counts.
    private static func keyed(_ words: [String], by separator: Character) -> Value? {
        var members: [Value.Member] = []
        var positions: [String: Int] = [:]
        for word in words {
            guard let middle = word.firstIndex(of: separator) else { return nil }
            let name = String(word[..<middle])
            let member = Value.Member(name, .string(String(word[word.index(after: middle)...])))
            if let position = positions[name] {
                members[position] = member
            } else {
                positions[name] = members.count
                members.append(member)
            }
        }
        return .object(members)
    }
}

extension String {
    /// The text without spaces, tabs and carriage returns at its ends.
    fileprivate var trimmed: String {
        let isSpace: (Character) -> Bool = { $0 == " " || $0 == "\t" || $0 == "\r" }
        guard let start = firstIndex(where: { !isSpace($0) }), let end = lastIndex(where: { !isSpace($0) }) else {
            return ""
        }
        return String(self[start...end])
    }
}
