import JSONText

/// The condition of a query: comparisons of properties with values, joined by `and`, `or` and `not`.
///
/// Source: learn.microsoft.com/rest/api/storageservices/querying-tables-and-entities
indirect enum TableQuery: Sendable, Hashable {
    case compare(String, String, Literal)
    case both(TableQuery, TableQuery)
    case either(TableQuery, TableQuery)
    case not(TableQuery)

    enum Literal: Sendable, Hashable {
        case text(String)
        case number(Double)
        case long(Int64)
        case bool(Bool)
    }

    init(_ text: String) throws(Refusal) {
        var reader = TableQueryReader(text)
        self = try reader.query()
    }

    func selects(_ entity: TableAccount.Entity) -> Bool {
        switch self {
        case .both(let one, let other): return one.selects(entity) && other.selects(entity)
        case .either(let one, let other): return one.selects(entity) || other.selects(entity)
        case .not(let query): return !query.selects(entity)
        case .compare(let name, let comparison, let literal):
            guard let value = name == "Timestamp" ? .string(entity.moment) : entity.properties[name] else {
                return false
            }
            let isLong = entity.properties["\(name)@odata.type"]?.string == "Edm.Int64"
            switch (literal, value) {
            case (.text(let text), .string(let value)) where !isLong: return Self.holds(value, comparison, text)
            case (.long(let number), .string(let value)) where isLong:
                return Int64(value).map { Self.holds($0, comparison, number) } ?? false
            case (.number(let number), .number(let value)):
                return Double(value).map { Self.holds($0, comparison, number) } ?? false
            case (.bool(let bool), .bool(let value)): return Self.holds(value ? 1 : 0, comparison, bool ? 1 : 0)
            // The service finds nothing where the types differ.
            default: return false
            }
        }
    }

    private static func holds<Value: Comparable>(_ one: Value, _ comparison: String, _ other: Value) -> Bool {
        switch comparison {
        case "eq": one == other
        case "ne": one != other
        case "lt": one < other
        case "le": one <= other
        case "gt": one > other
        default: one >= other
        }
    }
}

/// Reads conditions; `or` binds less than `and`.
private struct TableQueryReader {
    private static let depthLimit = 50

    private let text: String
    private var tokens: ArraySlice<String>
    private var depth = 0

    init(_ text: String) {
        self.text = text
        tokens = Self.tokens(text)[...]
    }

    mutating func query() throws(Refusal) -> TableQuery {
        let query = try either()
        guard tokens.isEmpty else { throw invalid }
        return query
    }

    private mutating func either() throws(Refusal) -> TableQuery {
        var query = try both()
        while take("or") { query = .either(query, try both()) }
        return query
    }

    private mutating func both() throws(Refusal) -> TableQuery {
        var query = try single()
        while take("and") { query = .both(query, try single()) }
        return query
    }

    private mutating func single() throws(Refusal) -> TableQuery {
        depth += 1
        defer { depth -= 1 }
        guard depth < Self.depthLimit else { throw invalid }
        if take("not") { return .not(try single()) }
        if take("(") {
            let query = try either()
            guard take(")") else { throw invalid }
            return query
        }
        guard let name = tokens.popFirst(), let comparison = tokens.popFirst(), let value = tokens.popFirst(),
            ["eq", "ne", "lt", "le", "gt", "ge"].contains(comparison), let literal = literal(value)
        else { throw invalid }
        return .compare(name, comparison, literal)
    }

    private mutating func take(_ token: String) -> Bool {
        guard tokens.first == token else { return false }
        tokens.removeFirst()
        return true
    }

    private func literal(_ token: String) -> TableQuery.Literal? {
        if token == "true" || token == "false" { return .bool(token == "true") }
        if token.hasSuffix("'"), let start = token.firstIndex(of: "'") {
            // `datetime'…'`, `guid'…'` and plain texts compare alike.
            return .text(String(token[token.index(after: start)...].dropLast()).replacing("''", with: "'"))
        }
        if token.hasSuffix("L") { return Int64(token.dropLast()).map { .long($0) } }
        return Double(token).map { .number($0) }
    }

    private var invalid: Refusal {
        .badRequest("InvalidInput", "One of the request inputs is not valid: \(text)")
    }

    /// Words, brackets, and texts in quotes with what stands before them.
    private static func tokens(_ text: String) -> [String] {
        var tokens: [String] = []
        var word = ""
        var isQuoted = false
        for character in text {
            if isQuoted || character == "'" {
                word.append(character)
                if character == "'" { isQuoted.toggle() }
                continue
            }
            guard character == " " || character == "(" || character == ")" else {
                word.append(character)
                continue
            }
            if !word.isEmpty { tokens.append(word) }
            word = ""
            if character != " " { tokens.append(String(character)) }
        }
        return word.isEmpty ? tokens : tokens + [word]
    }
}
