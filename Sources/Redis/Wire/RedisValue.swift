/// What a Redis server answers.
///
/// Both versions of the protocol are read into these few cases: a status line is text like any other, and a map is the
/// array of its names and values in turn, which is how version 2 spells it.
/// Source: redis.io/docs/latest/develop/reference/protocol-spec
public enum RedisValue: Sendable, Hashable {
    case null
    case bytes([UInt8])
    case integer(Int)
    case double(Double)
    case array([RedisValue])
    /// A part of an answer that is an error; a whole answer that is one is thrown as ``RedisError/refused(code:)``.
    case error(code: String)
}

extension RedisValue {
    public var bytes: [UInt8]? {
        guard case .bytes(let bytes) = self else { return nil }
        return bytes
    }

    /// The text; `nil` where it is none, or not of UTF-8.
    public var text: String? {
        bytes.flatMap { String(validating: $0, as: UTF8.self) }
    }

    /// The number, whether it was sent as one or as text.
    public var integer: Int? {
        switch self {
        case .integer(let number): number
        case .bytes: text.flatMap { Int($0) }
        case .null, .double, .array, .error: nil
        }
    }

    public var array: [RedisValue]? {
        guard case .array(let elements) = self else { return nil }
        return elements
    }

    /// The values of an array of names and values, by name.
    public var fields: [String: RedisValue] {
        var fields: [String: RedisValue] = [:]
        var elements = (array ?? []).makeIterator()
        while let name = elements.next(), let value = elements.next() {
            if let name = name.text { fields[name] = value }
        }
        return fields
    }
}
