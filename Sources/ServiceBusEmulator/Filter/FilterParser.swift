extension MessageFilter {
    /// The longest condition that Service Bus takes; a bound on the depth of its parentheses too.
    ///
    /// Source: learn.microsoft.com/azure/service-bus-messaging/service-bus-quotas
    static let characterLimit = 1024

    /// Reads a condition such as `sys.Label IN ('a', 'b') OR size > 3 AND NOT color LIKE 'dark%'`.
    ///
    /// Arithmetic and functions are not understood.
    init(parsing condition: String) throws(FilterError) {
        guard condition.count <= Self.characterLimit else {
            throw FilterError(reason: "a filter has at most \(Self.characterLimit) characters", offset: condition.count)
        }
        var parser = try FilterParser(condition)
        self = try parser.condition()
    }
}

/// Recursive descent over the words of one condition.
private struct FilterParser {
    private let tokens: [(token: FilterToken, offset: Int)]
    private let end: Int
    private var position = 0

    init(_ condition: String) throws(FilterError) {
        self.tokens = try FilterToken.all(in: condition)
        self.end = condition.count
    }

    mutating func condition() throws(FilterError) -> MessageFilter {
        let filter = try alternatives()
        guard position == tokens.count else { throw failure("more follows than was expected") }
        return filter
    }

    private mutating func alternatives() throws(FilterError) -> MessageFilter {
        var filter = try conjunction()
        while skip(word: "OR") { filter = .or(filter, try conjunction()) }
        return filter
    }

    private mutating func conjunction() throws(FilterError) -> MessageFilter {
        var filter = try negation()
        while skip(word: "AND") { filter = .and(filter, try negation()) }
        return filter
    }

    private mutating func negation() throws(FilterError) -> MessageFilter {
        if skip(word: "NOT") { return .not(try negation()) }
        if skip(sign: "(") {
            let filter = try alternatives()
            try expect(")")
            return filter
        }
        if skip(word: "EXISTS") { return try existence() }
        return try predicate(of: try operand())
    }

    private mutating func existence() throws(FilterError) -> MessageFilter {
        try expect("(")
        guard case .property(let property) = try operand() else { throw failure("EXISTS is about a property") }
        try expect(")")
        return .exists(property)
    }

    private mutating func predicate(of operand: MessageFilter.Operand) throws(FilterError) -> MessageFilter {
        if skip(word: "IS") {
            let isNegated = skip(word: "NOT")
            guard skip(word: "NULL") else { throw failure("NULL is expected") }
            return isNegated ? .not(.isNull(operand)) : .isNull(operand)
        }
        let isNegated = skip(word: "NOT")
        let filter: MessageFilter
        if skip(word: "IN") {
            filter = .isIn(operand, try values())
        } else if skip(word: "LIKE") {
            filter = .isLike(operand, try pattern())
        } else {
            guard !isNegated, case .sign(let sign) = current, let comparison = MessageFilter.Comparison(rawValue: sign)
            else { throw failure("a comparison is expected") }
            position += 1
            return .compare(operand, comparison, try self.operand())
        }
        return isNegated ? .not(filter) : filter
    }

    private mutating func values() throws(FilterError) -> [MessageFilter.Value] {
        try expect("(")
        var values: [MessageFilter.Value] = []
        repeat {
            guard case .value(let value) = try operand() else { throw failure("IN is about values") }
            values.append(value)
        } while skip(sign: ",")
        try expect(")")
        return values
    }

    private mutating func pattern() throws(FilterError) -> LikePattern {
        let pattern = try text()
        guard skip(word: "ESCAPE") else { return LikePattern(pattern) }
        let escape = try text()
        guard escape.count == 1 else { throw failure("ESCAPE is one character") }
        return LikePattern(pattern, escape: escape.first)
    }

    private mutating func text() throws(FilterError) -> String {
        guard case .text(let text) = current else { throw failure("a text in single quotes is expected") }
        position += 1
        return text
    }

    private mutating func operand() throws(FilterError) -> MessageFilter.Operand {
        defer { position += 1 }
        switch current {
        case .text(let text): return .value(.text(text))
        case .number(let number): return .value(.number(number))
        case .quotedName(let name): return .property(.custom(name.lowercased()))
        case .word(let word):
            switch word.lowercased() {
            case "true": return .value(.bool(true))
            case "false": return .value(.bool(false))
            case "sys" where isFollowedByDot: return .property(.broker(try member()))
            case "user" where isFollowedByDot: return .property(.custom(try member()))
            case "and", "or", "not", "in", "like", "is", "null", "escape", "exists":
                throw failure("'\(word)' is no property")
            case let name: return .property(.custom(name))
            }
        case .sign, nil: throw failure("a property or a value is expected")
        }
    }

    private var isFollowedByDot: Bool {
        position + 1 < tokens.count && tokens[position + 1].token == .sign(".")
    }

    private mutating func member() throws(FilterError) -> String {
        position += 2
        switch current {
        case .word(let name), .quotedName(let name): return name.lowercased()
        case .text, .number, .sign, nil: throw failure("the name of a property is expected")
        }
    }

    // MARK: Words

    private var current: FilterToken? { position < tokens.count ? tokens[position].token : nil }

    private mutating func skip(word: String) -> Bool {
        guard case .word(let next) = current, next.uppercased() == word else { return false }
        position += 1
        return true
    }

    private mutating func skip(sign: String) -> Bool {
        guard current == .sign(sign) else { return false }
        position += 1
        return true
    }

    private mutating func expect(_ sign: String) throws(FilterError) {
        guard skip(sign: sign) else { throw failure("'\(sign)' is expected") }
    }

    private func failure(_ reason: String) -> FilterError {
        FilterError(reason: reason, offset: position < tokens.count ? tokens[position].offset : end)
    }
}
