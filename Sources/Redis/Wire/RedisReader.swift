import NIOCore

/// Reads answers from bytes as they arrive, in either version of the protocol.
///
/// Each element is taken as soon as it is whole and never looked at again, so that a long answer in many pieces costs
/// no more than in one. What is kept is bounded by `limit`, because every element of an answer counts with its bytes.
/// Source: redis.io/docs/latest/develop/reference/protocol-spec
struct RedisReader {
    /// Bytes of one answer, its marks and lengths included.
    let limit: Int

    /// Deeper than any answer of any command.
    private static let depthLimit = 32
    /// Longer than any line that is no error, and enough of one that is.
    private static let lineLimit = 64 * 1024

    /// An answer that has begun: what its last element is part of, outermost first.
    private var open: [Aggregate] = []
    /// The bytes of text that are still to come, where its length has been read.
    private var text: PendingText?
    private var used = 0

    private struct Aggregate {
        var remaining: Int
        var elements: [RedisValue] = []
        /// What stands beside an answer and is no part of one.
        var isAside = false
    }

    private struct PendingText {
        let length: Int
        var isError = false
        /// Bytes at its start that tell the format.
        var prefix = 0
    }

    init(limit: Int) {
        self.limit = limit
    }

    /// The next whole answer; `nil` until more bytes have come.
    ///
    /// - Throws: ``RedisError/malformedAnswer``, ``RedisError/answerTooLarge``.
    mutating func next(in buffer: inout ByteBuffer) throws(RedisError) -> RedisValue? {
        while true {
            let before = buffer.readableBytes
            let element = try element(in: &buffer)
            used += before - buffer.readableBytes
            guard used <= limit else { throw .answerTooLarge }
            guard let element else { return nil }
            if case .value(let value) = element, let answer = close(with: value) { return answer }
        }
    }

    private enum Element {
        case value(RedisValue)
        /// An aggregate or a text has begun.
        case begun
    }

    // MARK: Elements

    private mutating func element(in buffer: inout ByteBuffer) throws(RedisError) -> Element? {
        if let text { return try finish(text, in: &buffer) }
        guard let line = try line(in: &buffer) else { return nil }
        guard let mark = line.utf8.first else { throw .malformedAnswer }
        let rest = line.dropFirst()
        switch mark {
        case UInt8(ascii: "+"), UInt8(ascii: "("): return .value(.bytes(Array(rest.utf8)))
        case UInt8(ascii: "-"): return .value(.error(code: Self.code(rest)))
        case UInt8(ascii: ":"): return .value(.integer(try number(rest)))
        case UInt8(ascii: "_"): return .value(.null)
        case UInt8(ascii: "#"): return .value(.integer(rest == "t" ? 1 : 0))
        case UInt8(ascii: ","): return .value(.double(try double(rest)))
        case UInt8(ascii: "$"): return try beginText(rest)
        case UInt8(ascii: "!"): return try beginText(rest, isError: true)
        case UInt8(ascii: "="): return try beginText(rest, prefix: 4)
        case UInt8(ascii: "*"), UInt8(ascii: "~"): return try begin(rest, elements: 1)
        case UInt8(ascii: "%"): return try begin(rest, elements: 2)
        case UInt8(ascii: ">"): return try begin(rest, elements: 1, isAside: true)
        case UInt8(ascii: "|"): return try begin(rest, elements: 2, isAside: true)
        default: throw .malformedAnswer
        }
    }

    private func line(in buffer: inout ByteBuffer) throws(RedisError) -> Substring? {
        let view = buffer.readableBytesView
        guard let end = view.prefix(Self.lineLimit).firstIndex(of: UInt8(ascii: "\r")) else {
            guard view.count < Self.lineLimit else { throw .malformedAnswer }
            return nil
        }
        guard end + 1 < view.endIndex else { return nil }
        guard view[end + 1] == UInt8(ascii: "\n") else { throw .malformedAnswer }
        let line = String(decoding: view[..<end], as: UTF8.self)
        buffer.moveReaderIndex(forwardBy: end + 2 - view.startIndex)
        return line[...]
    }

    private mutating func beginText(
        _ digits: Substring,
        isError: Bool = false,
        prefix: Int = 0
    ) throws(RedisError) -> Element {
        let length = try number(digits)
        if length == -1 { return .value(.null) }
        guard length >= prefix else { throw .malformedAnswer }
        guard length <= limit - used else { throw .answerTooLarge }
        text = PendingText(length: length, isError: isError, prefix: prefix)
        return .begun
    }

    private mutating func finish(_ text: PendingText, in buffer: inout ByteBuffer) throws(RedisError) -> Element? {
        guard buffer.readableBytes >= text.length + 2, let bytes = buffer.readBytes(length: text.length) else {
            return nil
        }
        guard buffer.readInteger(as: UInt16.self) == 0x0D0A else { throw .malformedAnswer }
        self.text = nil
        if text.isError { return .value(.error(code: Self.code(String(decoding: bytes, as: UTF8.self)[...]))) }
        return .value(.bytes(Array(bytes.dropFirst(text.prefix))))
    }

    private mutating func begin(
        _ digits: Substring,
        elements: Int,
        isAside: Bool = false
    ) throws(RedisError) -> Element {
        let count = try number(digits)
        if count == -1 { return .value(.null) }
        // Every element has three bytes at least.
        guard count >= 0, count <= limit / 3 else { throw .answerTooLarge }
        guard open.count < Self.depthLimit else { throw .malformedAnswer }
        guard count > 0 else { return isAside ? .begun : .value(.array([])) }
        open.append(Aggregate(remaining: count * elements, isAside: isAside))
        return .begun
    }

    private func number(_ digits: Substring) throws(RedisError) -> Int {
        guard let number = Int(digits) else { throw .malformedAnswer }
        return number
    }

    private func double(_ digits: Substring) throws(RedisError) -> Double {
        guard let number = Double(digits) else { throw .malformedAnswer }
        return number
    }

    /// The word that an error begins with.
    private static func code(_ text: Substring) -> String {
        let word = text.prefix { $0 != " " }
        let isCode = word.utf8.allSatisfy { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }
        return isCode && !word.isEmpty && word.count <= 32 ? String(word) : "ERR"
    }

    // MARK: Aggregates

    /// Puts an element where it belongs; the answer when that was its last.
    private mutating func close(with element: RedisValue) -> RedisValue? {
        var element = element
        while var aggregate = open.popLast() {
            aggregate.elements.append(element)
            aggregate.remaining -= 1
            if aggregate.remaining > 0 {
                open.append(aggregate)
                return nil
            }
            if aggregate.isAside {
                if open.isEmpty { used = 0 }
                return nil
            }
            element = .array(aggregate.elements)
        }
        used = 0
        return element
    }
}
