public import JSONText

/// A request from outside, before the host has looked at it.
public struct SimulatedRequest: Sendable {
    public var method: String
    /// Path and query.
    public var path: String
    public var headers: [(name: String, value: String)]
    public var body: [UInt8]

    public init(
        _ method: String,
        _ path: String,
        headers: [(name: String, value: String)] = [],
        body: String = ""
    ) {
        self.method = method
        self.path = path
        self.headers = headers
        self.body = Array(body.utf8)
    }
}

/// What the caller outside gets.
public struct SimulatedAnswer: Sendable {
    public let status: Int
    public let headers: [(name: String, value: String)]
    public let body: [UInt8]

    public var json: JSON? { try? JSON(parsing: body) }

    public func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }
}
