/// Reads Bicep files and their parameter files, as far as renderers write the language.
///
/// Modules, types, functions and imports are unknown syntax here.
/// Source: learn.microsoft.com/azure/azure-resource-manager/bicep/file
struct BicepDocument {
    private var expressions: BicepExpressions
    /// Whether it is a `.bicepparam`, where a parameter has a value and no type.
    private let isParameters: Bool

    private var document: [Value.Member] = []
    private var things: [Thing] = []

    static func things(_ text: String, isParameters: Bool = false) throws(ReadingError) -> [Thing] {
        var document = BicepDocument(expressions: BicepExpressions(text), isParameters: isParameters)
        try document.read()
        return [Thing](document: document.document, document.things)
    }

    private init(expressions: BicepExpressions, isParameters: Bool) {
        self.expressions = expressions
        self.isParameters = isParameters
    }

    private mutating func read() throws(ReadingError) {
        try skipDirectivesAndSpace()
        while !expressions.scanner.isAtEnd {
            try declaration(try decorators())
            try expressions.scanner.skipSpace(newlines: false)
            let next = expressions.scanner.next
            guard expressions.scanner.isAtEnd || next == UInt8(ascii: "\n") || next == UInt8(ascii: "\r") else {
                throw expressions.scanner.unexpected()
            }
            try skipDirectivesAndSpace()
        }
    }

    /// `#disable-next-line …` says something to the compiler and nothing about what is declared.
    private mutating func skipDirectivesAndSpace() throws(ReadingError) {
        try expressions.scanner.skipSpace(newlines: true)
        while expressions.scanner.take("#") {
            _ = expressions.scanner.take { $0 != UInt8(ascii: "\n") }
            try expressions.scanner.skipSpace(newlines: true)
        }
    }

    // MARK: Declarations

    /// `@description('…')` and the like, as members: a word alone is `true`.
    private mutating func decorators() throws(ReadingError) -> [Value.Member] {
        var members: [Value.Member] = []
        while expressions.scanner.take("@") {
            var name = try expressions.identifier()
            if name == "sys", expressions.scanner.take(".") { name = try expressions.identifier() }
            let arguments = try expressions.arguments()
            members.append(
                .init(name, arguments.isEmpty ? .bool(true) : arguments.count == 1 ? arguments[0] : .list(arguments))
            )
            try skipDirectivesAndSpace()
        }
        return members
    }

    private mutating func declaration(_ decorators: [Value.Member]) throws(ReadingError) {
        let start = expressions.scanner.position
        let keyword = try expressions.identifier()
        switch keyword {
        case "targetScope": document.append(.init(keyword, try assigned()))
        case "metadata": document.append(.init("metadata.\(try name())", try assigned()))
        case "using":
            try expressions.scanner.skipSpace(newlines: false)
            document.append(.init(keyword, try expressions.expression()))
        case "param": try parameter(decorators)
        case "var":
            let name = try name()
            things.append(Thing(.init(.variable, name), .object(decorators + [.init("value", try assigned())])))
        case "output":
            let name = try name()
            let type = Value.expression(try expressions.type())
            let members = [.init("type", type), .init("value", try assigned())] + decorators
            things.append(Thing(.init(.output, name), .object(members)))
        case "resource": try resource(decorators)
        default: throw expressions.scanner.failure("'\(keyword)' is not read here", at: start)
        }
    }

    private mutating func name() throws(ReadingError) -> String {
        try expressions.scanner.skipSpace(newlines: false)
        return try expressions.identifier()
    }

    private mutating func assigned() throws(ReadingError) -> Value {
        try expressions.scanner.skipSpace(newlines: false)
        guard expressions.scanner.take("=") else { throw expressions.scanner.unexpected() }
        try expressions.scanner.skipSpace(newlines: true)
        return try expressions.expression()
    }

    private mutating func parameter(_ decorators: [Value.Member]) throws(ReadingError) {
        let name = try name()
        var members = decorators
        if !isParameters { members.append(.init("type", .expression(try expressions.type()))) }
        try expressions.scanner.skipSpace(newlines: false)
        if expressions.scanner.follows("=") {
            let isSecret = decorators.contains { $0.name == "secure" }
            let value = try assigned()
            members.append(.init(isParameters ? "value" : "default", isSecret ? value.hidden : value))
        }
        things.append(Thing(.init(.parameter, name), .object(members)))
    }

    private mutating func resource(_ decorators: [Value.Member]) throws(ReadingError) {
        let symbol = try name()
        try expressions.scanner.skipSpace(newlines: false)
        let place = expressions.scanner.position
        guard let reference = try expressions.string().string else {
            throw expressions.scanner.failure("a resource whose type is no plain text", at: place)
        }
        let words = reference.split(separator: "@", maxSplits: 1).map(String.init)
        var members = [Value.Member("apiVersion", .string(words.count == 2 ? words[1] : ""))]
        if !decorators.isEmpty { members.append(.init("decorators", .object(decorators))) }
        try expressions.scanner.skipSpace(newlines: false)
        if expressions.scanner.take("existing") { members.append(.init("existing", .bool(true))) }
        try expressions.scanner.skipSpace(newlines: false)
        guard expressions.scanner.take("=") else { throw expressions.scanner.unexpected() }
        try expressions.scanner.skipSpace(newlines: true)
        let type = words.first ?? ""
        let properties = Value.object(members + (try body()))
        things.append(
            Thing(.init(.resource, type: type, symbol), SensitiveProperties.hide(in: properties, ofType: type))
        )
    }

    /// `{…}`, `if (…) {…}` or `[for …: {…}]`.
    private mutating func body() throws(ReadingError) -> [Value.Member] {
        if expressions.scanner.take("[") {
            try expressions.scanner.skipSpace(newlines: true)
            guard let loop = try expressions.loopHeadIfAny() else { throw expressions.scanner.unexpected() }
            let members = try conditionalBody()
            try expressions.close("]")
            return [.init("copy", .expression(loop))] + members
        }
        return try conditionalBody()
    }

    private mutating func conditionalBody() throws(ReadingError) -> [Value.Member] {
        var members: [Value.Member] = []
        if expressions.scanner.take("if") {
            try expressions.scanner.skipSpace(newlines: false)
            let condition = try expressions.arguments()
            guard condition.count == 1 else { throw expressions.scanner.unexpected() }
            members.append(.init("condition", condition[0]))
            try expressions.scanner.skipSpace(newlines: true)
        }
        return members + (try expressions.object().members ?? [])
    }
}
