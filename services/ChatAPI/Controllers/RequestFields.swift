import HTTPTypes
import JSONText
import ServiceKit

/// Reads the fields of a request, and collects everything that is wrong with them.
struct RequestFields {
    private let json: JSON
    private let path: String
    private(set) var problems: [APIError.Detail] = []

    init(_ json: JSON, path: String = "") {
        self.json = json
        self.path = path
        if json.members == nil { report("", "must be an object, not \(json.kind)") }
    }

    /// A text that must be there.
    mutating func text(_ name: String, mayBeBlank: Bool = false) -> String {
        guard let value = present(name) else {
            if json.members != nil { report(name, "is required") }
            return ""
        }
        guard let text = value.string else { return wrong(name, value, "a string", "") }
        if !mayBeBlank, text.isBlank { report(name, "must not be blank") }
        return text
    }

    mutating func optionalText(_ name: String) -> String? {
        guard let value = present(name) else { return nil }
        guard let text = value.string else { return wrong(name, value, "a string", nil) }
        return text
    }

    /// Whether a text can be a name that clients make up.
    static func isIdentifier(_ text: String) -> Bool {
        (1...128).contains(text.utf8.count)
            && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.:".contains($0)) }
    }

    /// A name that clients make up for themselves.
    mutating func optionalIdentifier(_ name: String) -> String? {
        guard let text = optionalText(name) else { return nil }
        if !Self.isIdentifier(text) { report(name, "must be 1 to 128 letters, digits, '-', '_', '.' or ':'") }
        return text
    }

    /// A name that clients make up for themselves, or choose from what they were given.
    mutating func identifier(_ name: String) -> String {
        if present(name) == nil, json.members != nil { report(name, "is required") }
        return optionalIdentifier(name) ?? ""
    }

    mutating func bool(_ name: String, default standard: Bool) -> Bool {
        guard let value = present(name) else { return standard }
        return value.bool ?? wrong(name, value, "true or false", standard)
    }

    mutating func optionalInteger(_ name: String, in range: ClosedRange<Int>) -> Int? {
        guard let value = present(name) else { return nil }
        guard let number = value.wholeNumber, range.contains(number) else {
            report(name, "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
            return nil
        }
        return number
    }

    mutating func optionalNumber(_ name: String, in range: ClosedRange<Double>) -> Double? {
        guard let value = present(name) else { return nil }
        guard let number = value.double, range.contains(number) else {
            report(name, "must be a number from \(range.lowerBound) to \(range.upperBound)")
            return nil
        }
        return number
    }

    /// The elements of a list, each as fields of its own.
    mutating func list<Element>(
        _ name: String,
        upTo limit: Int,
        element: (inout RequestFields) -> Element
    ) -> [Element] {
        guard let value = present(name) else { return [] }
        guard let elements = value.array else { return wrong(name, value, "an array", []) }
        if elements.count > limit {
            report(name, "must have at most \(limit) elements, not \(elements.count)")
            return []
        }
        return elements.enumerated().map { index, json in
            nested(RequestFields(json, path: "\(path)\(name)[\(index)]."), element)
        }
    }

    /// The elements of a list that must be there and have some.
    mutating func filledList<Element>(
        _ name: String,
        upTo limit: Int,
        element: (inout RequestFields) -> Element
    ) -> [Element] {
        if json.members != nil {
            switch present(name) {
            case nil: report(name, "is required")
            case .array([]): report(name, "must not be empty")
            case .some: break
            }
        }
        return list(name, upTo: limit, element: element)
    }

    /// An object inside, which may be missing.
    mutating func optionalObject(_ name: String, fields: (inout RequestFields) -> Void) {
        guard let value = present(name) else { return }
        nested(RequestFields(value, path: "\(path)\(name)."), fields)
    }

    mutating func report(_ name: String, _ problem: String) {
        let field = path + name
        problems.append(.init(field: field.hasSuffix(".") ? String(field.dropLast()) : field, problem: problem))
    }

    /// Ends the reading.
    ///
    /// - Throws: `APIError` with status 400 when anything was wrong, naming all of it.
    func check() throws(APIError) {
        guard problems.isEmpty else {
            throw APIError(
                .badRequest,
                code: "invalid_request",
                message: "The request has \(problems.count == 1 ? "a problem" : "\(problems.count) problems").",
                details: problems
            )
        }
    }

    private func present(_ name: String) -> JSON? {
        json.given(name)
    }

    private mutating func wrong<Value>(_ name: String, _ value: JSON, _ expected: String, _ instead: Value) -> Value {
        report(name, "must be \(expected), not \(value.kind)")
        return instead
    }

    private mutating func nested<Value>(_ fields: RequestFields, _ read: (inout RequestFields) -> Value) -> Value {
        var fields = fields
        let value = read(&fields)
        problems += fields.problems
        return value
    }
}

extension JSON {
    /// The number where it is whole, however it is written: `1.0`, too, is 1.
    var wholeNumber: Int? { integer ?? double.flatMap { Int(exactly: $0) } }
}

extension String {
    /// A name from a path, with those of its characters plain again that some clients escape (RFC 3986, section 2.2).
    var withPlainPunctuation: String {
        replacing("%3A", with: ":").replacing("%3a", with: ":").replacing("%2F", with: "/").replacing("%2f", with: "/")
    }

    /// Whether there is nothing to read.
    var isBlank: Bool {
        // Scalars, for a combining mark after a blank makes no blank of itself.
        unicodeScalars.allSatisfy(\.properties.isWhitespace)
    }
}
