/// Why a filter is not understood.
struct FilterError: Error, Sendable, Hashable, CustomStringConvertible {
    let reason: String
    /// How many characters come before the place.
    let offset: Int

    var description: String { "\(reason), after \(offset) characters" }
}

/// A word of a filter.
enum FilterToken: Sendable, Hashable {
    /// A name or a key word, as it was written.
    case word(String)
    /// A name that stood in brackets or double quotes, and so is no key word.
    case quotedName(String)
    case text(String)
    case number(Double)
    /// One of `( ) , .` and the comparisons.
    case sign(String)

    /// Reads the words of a filter with the places at which they begin.
    static func all(in filter: String) throws(FilterError) -> [(token: FilterToken, offset: Int)] {
        var reader = FilterTokenReader(filter)
        var tokens: [(FilterToken, Int)] = []
        while let token = try reader.next() { tokens.append(token) }
        return tokens
    }
}

private struct FilterTokenReader {
    private let characters: [Character]
    private var position = 0

    init(_ filter: String) {
        self.characters = Array(filter)
    }

    mutating func next() throws(FilterError) -> (FilterToken, Int)? {
        while position < characters.count, characters[position].isWhitespace { position += 1 }
        guard position < characters.count else { return nil }
        let start = position
        let first = characters[position]
        switch first {
        case "'": return (.text(try quoted(until: "'")), start)
        case "\"": return (.quotedName(try quoted(until: "\"")), start)
        case "[": return (.quotedName(try quoted(until: "]")), start)
        case "(", ")", ",", ".": return (.sign(taken(1)), start)
        case "=", "<", ">", "!": return (.sign(try comparison()), start)
        default:
            if first.isASCII, first.isNumber || first == "-" { return (.number(try number()), start) }
            guard first.isLetter || first == "_" else { throw failure("'\(first)' means nothing here", at: start) }
            return (.word(taken(while: { $0.isLetter || $0.isNumber || $0 == "_" })), start)
        }
    }

    private mutating func quoted(until end: Character) throws(FilterError) -> String {
        let start = position
        var text = ""
        position += 1
        while position < characters.count {
            let character = characters[position]
            position += 1
            guard character == end else {
                text.append(character)
                continue
            }
            // The sign twice stands for itself.
            guard position < characters.count, characters[position] == end else { return text }
            text.append(end)
            position += 1
        }
        throw failure("what begins here has no end", at: start)
    }

    private mutating func comparison() throws(FilterError) -> String {
        let start = position
        let sign = taken(while: { "=<>!".contains($0) })
        if sign == "!=" { return MessageFilter.Comparison.unequal.rawValue }
        guard MessageFilter.Comparison(rawValue: sign) != nil else {
            throw failure("'\(sign)' is no comparison", at: start)
        }
        return sign
    }

    private mutating func number() throws(FilterError) -> Double {
        let start = position
        let sign = characters[position] == "-" ? taken(1) : ""
        let digits = taken(while: { $0.isASCII && ($0.isNumber || $0 == "." || $0 == "e" || $0 == "E") })
        guard let number = Double(sign + digits) else { throw failure("'\(sign)\(digits)' is no number", at: start) }
        return number
    }

    private mutating func taken(_ count: Int) -> String {
        defer { position += count }
        return String(characters[position..<position + count])
    }

    private mutating func taken(while isWanted: (Character) -> Bool) -> String {
        taken(characters[position...].prefix(while: isWanted).count)
    }

    private func failure(_ reason: String, at offset: Int) -> FilterError {
        FilterError(reason: reason, offset: offset)
    }
}
