/// Reads an event stream, however its bytes are cut.
///
/// Lines end with CR, LF or CRLF; comments are skipped; an event that no blank line ends is never reported. Source:
/// <https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation>.
public struct ServerSentEventDecoder: Sendable {
    /// The stream holds an event that is larger than the reader takes.
    public struct TooLarge: Error, Sendable, Hashable {
        /// The largest event, in bytes.
        public let limit: Int
    }

    private let limit: Int
    private var line: [UInt8] = []
    private var data: [UInt8] = []
    private var hasData = false
    private var name = ""
    private var id: String?
    private var isAtStart = true
    private var lastWasCarriageReturn = false

    /// Prepares for the start of a stream.
    ///
    /// - Parameter limit: The largest line, and the largest data of one event, in bytes.
    public init(limit: Int = 1 << 20) {
        self.limit = limit
    }

    /// The events that these bytes complete.
    ///
    /// - Throws: ``TooLarge``; the stream cannot be read further then.
    public mutating func events(in bytes: some Sequence<UInt8>) throws(TooLarge) -> [ServerSentEvent] {
        var events: [ServerSentEvent] = []
        for byte in bytes {
            let endsPair = lastWasCarriageReturn && byte == lineFeed
            lastWasCarriageReturn = byte == carriageReturn
            if endsPair { continue }
            if byte == lineFeed || byte == carriageReturn {
                if let event = endLine() { events.append(event) }
            } else {
                line.append(byte)
            }
            if line.count > limit || data.count > limit { throw TooLarge(limit: limit) }
        }
        return events
    }

    /// Takes the line in; a blank one completes an event.
    private mutating func endLine() -> ServerSentEvent? {
        if isAtStart, line.starts(with: [0xEF, 0xBB, 0xBF]) { line.removeFirst(3) }
        isAtStart = false
        defer { line.removeAll(keepingCapacity: true) }
        guard !line.isEmpty else { return endEvent() }
        let colon = line.firstIndex(of: UInt8(ascii: ":")) ?? line.endIndex
        var value = line[colon...].dropFirst()
        if value.first == UInt8(ascii: " ") { value = value.dropFirst() }
        // A comment is a line whose field has no name, and falls through like any unknown field.
        switch String(decoding: line[..<colon], as: UTF8.self) {
        case "data":
            if hasData { data.append(lineFeed) }
            data += value
            hasData = true
        case "event": name = String(decoding: value, as: UTF8.self)
        case "id" where !value.contains(0): id = String(decoding: value, as: UTF8.self)
        default: break
        }
        return nil
    }

    /// The id stays in force for the events that follow; the name does not.
    private mutating func endEvent() -> ServerSentEvent? {
        defer {
            data.removeAll(keepingCapacity: true)
            hasData = false
            name = ""
        }
        guard hasData else { return nil }
        return ServerSentEvent(
            name: name.isEmpty ? "message" : name,
            data: String(decoding: data, as: UTF8.self),
            id: id
        )
    }
}
