import JSONText
import NIOCore

/// Writes events whose ids are places in an answer.
///
/// Texts come by the ten thousand in a second, so they are written straight into the buffer that is sent.
/// Source: <https://html.spec.whatwg.org/multipage/server-sent-events.html>.
struct NumberedEvents: Sendable {
    let id: GenerationID
    private let numbered: String
    private let text: String

    /// Describes the events of an answer.
    ///
    /// - Parameters:
    ///   - id: The answer.
    ///   - text: How the document of a text begins; the text and a brace follow.
    init(_ id: GenerationID, text: String) {
        self.id = id
        self.numbered = "id: \(id.text):"
        self.text = "\ndata: \(text)"
    }

    func write(_ text: String, upTo place: Int, to buffer: inout ByteBuffer) {
        buffer.writeString(numbered)
        buffer.writeString(String(place))
        buffer.writeString(self.text)
        buffer.writeJSONString(text)
        buffer.writeStaticString("}\n\n")
    }

    /// Writes a document, which has no line breaks of its own.
    func write(_ json: JSON, at place: GenerationPlace.Place, to buffer: inout ByteBuffer) {
        buffer.writeString("id: \(GenerationPlace(id: id, place: place).text)\ndata: ")
        buffer.writeBytes(json.bytes)
        buffer.writeStaticString("\n\n")
    }
}

extension ByteBuffer {
    /// Writes a text as a JSON string (RFC 8259, section 7).
    mutating func writeJSONString(_ text: String) {
        let isPlain = text.utf8.allSatisfy { $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
        guard isPlain else {
            writeBytes(JSON.string(text).bytes)
            return
        }
        writeInteger(UInt8(ascii: "\""))
        writeString(text)
        writeInteger(UInt8(ascii: "\""))
    }
}
