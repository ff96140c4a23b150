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

    /// An event whose data lies where it was received, and only until the reader goes on.
    struct Frame {
        /// Empty where the stream names none.
        let name: String
        let data: UnsafeBufferPointer<UInt8>
        let id: String?
    }

    private let limit: Int
    /// The beginning of a line whose end has not come.
    private var line: [UInt8] = []
    /// The data of an event whose end has not come, as far as it had to be copied.
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
        let outcome = Array(bytes).withUnsafeBufferPointer { bytes in
            Result { () throws(TooLarge) in
                try read(bytes) { frame in
                    events.append(
                        ServerSentEvent(
                            name: frame.name.isEmpty ? "message" : frame.name,
                            data: String(decoding: frame.data, as: UTF8.self),
                            id: frame.id
                        )
                    )
                }
            }
        }
        try outcome.get()
        return events
    }

    /// Reports the events that these bytes complete, without copying those that lie in them whole.
    ///
    /// - Throws: ``TooLarge``; the stream cannot be read further then.
    mutating func read(_ bytes: UnsafeBufferPointer<UInt8>, _ report: (Frame) -> Void) throws(TooLarge) {
        guard !bytes.isEmpty else { return }
        var breaks = LineBreaks(in: bytes)
        var position = lastWasCarriageReturn && bytes[0] == lineFeed ? 1 : 0
        lastWasCarriageReturn = false
        // The data of an event that has one line of it, as most have, while it lies in these bytes.
        var resting: UnsafeBufferPointer<UInt8>?
        while let end = breaks.end(from: position) {
            let piece = UnsafeBufferPointer(rebasing: bytes[position..<end])
            if line.isEmpty {
                take(piece, staysInPlace: true, &resting, report)
            } else {
                line.append(contentsOf: piece)
                let whole = line
                line = []
                whole.withUnsafeBufferPointer { take($0, staysInPlace: false, &resting, report) }
            }
            try check(max(piece.count, resting?.count ?? 0, data.count))
            position = end + 1
            guard bytes[end] == carriageReturn else { continue }
            if position == bytes.count { lastWasCarriageReturn = true }
            if position < bytes.count, bytes[position] == lineFeed { position += 1 }
        }
        line.append(contentsOf: bytes[min(position, bytes.count)...])
        if let resting { data.append(contentsOf: resting) }
        try check(max(line.count, data.count))
    }

    private func check(_ size: Int) throws(TooLarge) {
        if size > limit { throw TooLarge(limit: limit) }
    }

    /// Takes a line in; a blank one completes an event.
    private mutating func take(
        _ line: UnsafeBufferPointer<UInt8>,
        staysInPlace: Bool,
        _ resting: inout UnsafeBufferPointer<UInt8>?,
        _ report: (Frame) -> Void
    ) {
        var line = line
        if isAtStart, line.starts(with: [0xEF, 0xBB, 0xBF]) { line = UnsafeBufferPointer(rebasing: line.dropFirst(3)) }
        isAtStart = false
        guard !line.isEmpty else { return endEvent(&resting, report) }
        let colon = line.firstIndex(of: UInt8(ascii: ":")) ?? line.endIndex
        var value = line[colon...].dropFirst()
        if value.first == UInt8(ascii: " ") { value = value.dropFirst() }
        // A comment is a line whose field has no name, and falls through like any unknown field.
        switch colon {
        case 4 where line.starts(with: "data".utf8):
            let value = UnsafeBufferPointer(rebasing: value)
            takeData(value, staysInPlace: staysInPlace, &resting)
        case 5 where line.starts(with: "event".utf8): name = String(decoding: value, as: UTF8.self)
        case 2 where line.starts(with: "id".utf8) && !value.contains(0): id = String(decoding: value, as: UTF8.self)
        default: break
        }
    }

    private mutating func takeData(
        _ value: UnsafeBufferPointer<UInt8>,
        staysInPlace: Bool,
        _ resting: inout UnsafeBufferPointer<UInt8>?
    ) {
        if !hasData, staysInPlace {
            resting = value
        } else {
            if let first = resting { data.append(contentsOf: first) }
            resting = nil
            if hasData { data.append(lineFeed) }
            data.append(contentsOf: value)
        }
        hasData = true
    }

    /// The id stays in force for the events that follow; the name does not.
    private mutating func endEvent(_ resting: inout UnsafeBufferPointer<UInt8>?, _ report: (Frame) -> Void) {
        if hasData {
            if let resting {
                report(Frame(name: name, data: resting, id: id))
            } else {
                data.withUnsafeBufferPointer { report(Frame(name: name, data: $0, id: id)) }
            }
        }
        resting = nil
        hasData = false
        if !data.isEmpty { data.removeAll(keepingCapacity: true) }
        if !name.isEmpty { name = "" }
    }
}
