/// One event of an event stream.
///
/// Source: <https://html.spec.whatwg.org/multipage/server-sent-events.html>.
public struct ServerSentEvent: Sendable, Hashable {
    /// What kind of event it is; `message` where the stream names none.
    public var name: String
    public var data: String
    /// What a client sends as `Last-Event-ID` when it comes back.
    public var id: String?

    public init(name: String = "message", data: String, id: String? = nil) {
        self.name = name
        self.data = data
        self.id = id
    }
}

/// The text form of an event stream.
public enum ServerSentEvents {
    /// The event as a stream carries it, its blank line included.
    ///
    /// Line breaks of the data become lines of their own. A name or id that holds a line break would end its field
    /// early, so everything from there on is left out.
    public static func bytes(of event: ServerSentEvent) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(event.data.utf8.count + 16)
        if let id = event.id { append("id", firstLine(of: id), to: &bytes) }
        if event.name != "message" { append("event", firstLine(of: event.name), to: &bytes) }
        for line in lines(of: event.data) { append("data", line, to: &bytes) }
        bytes.append(lineFeed)
        return bytes
    }

    /// A line that readers skip; it keeps proxies from closing a quiet connection.
    public static func comment(_ text: String) -> [UInt8] {
        Array(": ".utf8) + firstLine(of: text) + [lineFeed, lineFeed]
    }

    private static func append(_ field: String, _ value: some Sequence<UInt8>, to bytes: inout [UInt8]) {
        bytes += field.utf8
        bytes += ": ".utf8
        bytes += value
        bytes.append(lineFeed)
    }

    private static func firstLine(of text: String) -> Substring.UTF8View.SubSequence {
        text.utf8.prefix { $0 != lineFeed && $0 != carriageReturn && $0 != 0 }
    }

    /// CRLF is one break, as it is for a reader.
    private static func lines(of text: String) -> [Substring.UTF8View.SubSequence] {
        var lines: [Substring.UTF8View.SubSequence] = []
        var rest = Substring(text).utf8
        while let end = rest.firstIndex(where: { $0 == lineFeed || $0 == carriageReturn }) {
            lines.append(rest[..<end])
            let isPair = rest[end...].starts(with: [carriageReturn, lineFeed])
            rest = rest[rest.index(end, offsetBy: isPair ? 2 : 1)...]
        }
        return lines + [rest]
    }
}

let lineFeed = UInt8(ascii: "\n")
let carriageReturn = UInt8(ascii: "\r")
