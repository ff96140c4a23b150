/// Reads Bicep expressions: literals become values, and all else its canonical spelling.
///
/// Source: learn.microsoft.com/azure/azure-resource-manager/bicep/data-types, …/operators
struct BicepExpressions {
    /// Deep enough for every honest file, shallow enough for every stack.
    private static let depthLimit = 64

    var scanner: BicepScanner
    private var depth = 0

    init(_ text: String) {
        self.scanner = BicepScanner(text)
    }

    // MARK: Operators

    /// A whole expression, which a line end closes.
    mutating func expression() throws(ReadingError) -> Value {
        try nested { expressions throws(ReadingError) in try expressions.choice() }
    }

    /// Calls a reader of something that may hold itself.
    mutating func nested<Result>(
        _ body: (inout Self) throws(ReadingError) -> Result
    ) throws(ReadingError) -> Result {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthLimit else { throw scanner.failure("nested deeper than \(Self.depthLimit) levels") }
        return try body(&self)
    }

    /// `condition ? first : second`, or a condition alone.
    private mutating func choice() throws(ReadingError) -> Value {
        let condition = try binary(above: 0)
        guard try takeOnLaterLine("?", unless: "??") else { return condition }
        try scanner.skipSpace(newlines: true)
        let first = try expression()
        guard try takeOnLaterLine(":", unless: "::") else { throw scanner.unexpected() }
        try scanner.skipSpace(newlines: true)
        let second = try expression()
        return .expression("\(BicepText.of(condition)) ? \(BicepText.of(first)) : \(BicepText.of(second))")
    }

    /// The operators from the weakest to the strongest, longer spellings first.
    private static let operators: [(text: StaticString, strength: Int)] = [
        ("??", 1), ("||", 2), ("&&", 3), ("==", 4), ("!=", 4), ("=~", 4), ("!~", 4), ("<=", 5), (">=", 5), ("<", 5),
        (">", 5), ("+", 6), ("-", 6), ("*", 7), ("/", 7), ("%", 7),
    ]

    private mutating func binary(above strength: Int) throws(ReadingError) -> Value {
        var left = try unary()
        while true {
            try scanner.skipSpace(newlines: false)
            guard let found = Self.operators.first(where: { scanner.follows($0.text) }), found.strength > strength
            else {
                return left
            }
            _ = scanner.take(found.text)
            try scanner.skipSpace(newlines: true)
            let right = try binary(above: found.strength)
            left = .expression("\(BicepText.of(left)) \(found.text) \(BicepText.of(right))")
        }
    }

    private mutating func unary() throws(ReadingError) -> Value {
        try scanner.skipSpace(newlines: false)
        if scanner.next == UInt8(ascii: "-") || scanner.next == UInt8(ascii: "!") {
            let sign = scanner.next == UInt8(ascii: "-") ? "-" : "!"
            scanner.advance()
            let operand = try nested { expressions throws(ReadingError) in try expressions.unary() }
            if sign == "-", case .literal(let digits) = operand, digits.utf8.allSatisfy(\.isDigit) {
                return .literal("-\(digits)")
            }
            return .expression(sign + BicepText.of(operand))
        }
        return try postfixed(try primary())
    }

    /// `.name`, `.?name`, `::name`, `[index]`, `[?index]`, `!` and the arguments of a method.
    private mutating func postfixed(_ value: Value) throws(ReadingError) -> Value {
        var value = value
        while true {
            if scanner.follows("!"), scanner.byte(at: 1) != UInt8(ascii: "="), scanner.byte(at: 1) != UInt8(ascii: "~")
            {
                scanner.advance()
                value = .expression("\(BicepText.of(value))!")
            } else if scanner.take("::") {
                value = .expression("\(BicepText.of(value))::\(try identifier())")
            } else if scanner.take(".") {
                let mark = scanner.take("?") ? ".?" : "."
                let name = try identifier()
                value = .expression("\(BicepText.of(value))\(mark)\(name)\(try argumentsIfAny())")
            } else if scanner.take("[") {
                let mark = scanner.take("?") ? "[?" : "["
                try scanner.skipSpace(newlines: true)
                let index = try expression()
                try close("]")
                value = .expression("\(BicepText.of(value))\(mark)\(BicepText.of(index))]")
            } else {
                return value
            }
        }
    }

    // MARK: Operands

    private mutating func primary() throws(ReadingError) -> Value {
        switch scanner.next {
        case UInt8(ascii: "'"), UInt8(ascii: "$"): return try string()
        case UInt8(ascii: "{"): return try object()
        case UInt8(ascii: "["): return try array()
        case UInt8(ascii: "("):
            scanner.advance()
            try scanner.skipSpace(newlines: true)
            let value = try expression()
            try close(")")
            return .expression("(\(BicepText.of(value)))")
        case UInt8(ascii: "0")...UInt8(ascii: "9"): return .literal(scanner.take(while: \.isDigit))
        default:
            let name = try identifier()
            if ["true", "false", "null"].contains(name) { return .literal(name) }
            return .expression(name + (try argumentsIfAny()))
        }
    }

    mutating func identifier() throws(ReadingError) -> String {
        guard scanner.next.isIdentifierStart else { throw scanner.unexpected() }
        return scanner.take(while: \.isIdentifierPart)
    }

    /// The arguments of a call, where one follows.
    private mutating func argumentsIfAny() throws(ReadingError) -> String {
        guard scanner.follows("(") else { return "" }
        return "(\(try arguments().map(BicepText.of).joined(separator: ", ")))"
    }

    /// What stands between the parentheses of a call.
    mutating func arguments() throws(ReadingError) -> [Value] {
        guard scanner.take("(") else { throw scanner.unexpected() }
        var arguments: [Value] = []
        try scanner.skipSpace(newlines: true)
        while !scanner.take(")") {
            arguments.append(try expression())
            try scanner.skipSpace(newlines: true)
            guard scanner.take(",") || scanner.follows(")") else { throw scanner.unexpected() }
            try scanner.skipSpace(newlines: true)
        }
        return arguments
    }

    private mutating func array() throws(ReadingError) -> Value {
        scanner.advance()
        try scanner.skipSpace(newlines: true)
        if let loop = try loopHeadIfAny() {
            let body = try expression()
            try close("]")
            return .expression("[for \(loop): \(BicepText.of(body))]")
        }
        var elements: [Value] = []
        while !scanner.take("]") {
            elements.append(try expression())
            try separate(before: "]")
        }
        return .list(elements)
    }

    mutating func object() throws(ReadingError) -> Value {
        guard scanner.take("{") else { throw scanner.unexpected() }
        var members: [Value.Member] = []
        var names: Set<String> = []
        try scanner.skipSpace(newlines: true)
        while !scanner.take("}") {
            let place = scanner.position
            let name = try key()
            guard names.insert(name).inserted else { throw scanner.failure("'\(name)' stands twice", at: place) }
            try scanner.skipSpace(newlines: false)
            guard scanner.take(":") else { throw scanner.unexpected() }
            try scanner.skipSpace(newlines: true)
            members.append(.init(name, try expression()))
            try separate(before: "}")
        }
        return .object(members)
    }

    mutating func key() throws(ReadingError) -> String {
        guard scanner.next == UInt8(ascii: "'") else { return try identifier() }
        switch try string() {
        case .string(let text): return text
        case .literal(let text), .expression(let text): return text
        case .list, .object, .secret: throw scanner.unexpected()
        }
    }

    /// `item in items`, after `for`; nothing is read where there is no loop.
    mutating func loopHeadIfAny() throws(ReadingError) -> String? {
        let start = scanner.position
        guard scanner.take("for"), !scanner.next.isIdentifierPart else {
            scanner.goBack(to: start)
            return nil
        }
        try scanner.skipSpace(newlines: false)
        let variables: String
        if scanner.follows("(") {
            variables = "(\(try arguments().map(BicepText.of).joined(separator: ", ")))"
        } else if scanner.next.isIdentifierStart {
            variables = try identifier()
        } else {
            scanner.goBack(to: start)
            return nil
        }
        try scanner.skipSpace(newlines: false)
        guard scanner.take("in"), !scanner.next.isIdentifierPart else { throw scanner.unexpected() }
        let items = try expression()
        try close(":")
        try scanner.skipSpace(newlines: true)
        return "\(variables) in \(BicepText.of(items))"
    }

    // MARK: Punctuation

    mutating func close(_ mark: StaticString) throws(ReadingError) {
        try scanner.skipSpace(newlines: true)
        guard scanner.take(mark) else { throw scanner.unexpected() }
    }

    /// A comma or a line end, unless the list is over.
    mutating func separate(before end: StaticString) throws(ReadingError) {
        try scanner.skipSpace(newlines: false)
        let isSeparated = scanner.take(",") || scanner.next == UInt8(ascii: "\n") || scanner.next == UInt8(ascii: "\r")
        try scanner.skipSpace(newlines: true)
        guard isSeparated || scanner.follows(end) else { throw scanner.unexpected() }
    }

    /// A mark that may stand on a later line, as `bicep format` writes long conditions.
    mutating func takeOnLaterLine(_ mark: StaticString, unless longer: StaticString) throws(ReadingError) -> Bool {
        let start = scanner.position
        try scanner.skipSpace(newlines: true)
        if scanner.follows(mark), !scanner.follows(longer) { return scanner.take(mark) }
        scanner.goBack(to: start)
        return false
    }
}
