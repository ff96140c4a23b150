package import StackGraph

/// A value that is known now, or that a resource will provide once it runs.
///
/// An output of text can be written as a literal and joined by interpolation; the parts are kept, so that every
/// target fills in its own address:
///
/// ```swift
/// .set(ChatSettings.publicURL, to: "https://\(chat.hostname)/chat")
/// ```
public struct Output<Value>: Sendable {
    package let term: Term

    package init(_ term: Term) {
        self.term = term
    }
}

extension Output: ExpressibleByUnicodeScalarLiteral, ExpressibleByExtendedGraphemeClusterLiteral,
    ExpressibleByStringLiteral, ExpressibleByStringInterpolation
where Value == String {
    public init(stringLiteral value: String) {
        self.init(.literal(value))
    }

    public init(stringInterpolation: OutputInterpolation) {
        self.init(.joined(stringInterpolation.parts))
    }
}

extension Output: ExpressibleByIntegerLiteral where Value == Int {
    public init(integerLiteral value: Int) {
        self.init(.literal(String(value)))
    }
}

extension Output: ExpressibleByBooleanLiteral where Value == Bool {
    /// `true` or `false`, as services read them.
    public init(booleanLiteral value: Bool) {
        self.init(.literal(String(value)))
    }
}

/// Collects the parts of an interpolated ``Output``.
public struct OutputInterpolation: StringInterpolationProtocol {
    package private(set) var parts: [Term] = []

    public init(literalCapacity: Int, interpolationCount: Int) {}

    public mutating func appendLiteral(_ literal: String) {
        if !literal.isEmpty { parts.append(.literal(literal)) }
    }

    public mutating func appendInterpolation(_ output: Output<String>) {
        parts.append(output.term)
    }

    public mutating func appendInterpolation(_ text: String) {
        parts.append(.literal(text))
    }

    public mutating func appendInterpolation(_ number: Int) {
        parts.append(.literal(String(number)))
    }

    @available(*, unavailable, message: "a secret cannot become part of a plain value; pass it with inject(_:from:)")
    public mutating func appendInterpolation<Value>(_ secret: Secret<Value>) {}
}
