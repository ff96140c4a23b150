import Testing

@testable import ModelStreaming

struct ServerSentEventDecoderTests {
    /// Every kind of line break, a byte order mark, comments, unknown fields and characters of two to four bytes.
    static let document =
        "\u{FEFF}: welcome\n\ndata: Grüße\r\ndata: 世界\r\n\r\nevent: note\rdata:no space\rid: 7\r\r"
        + "data\n\nretry: 10\nunknown: x\n\nevent: lost\n\ndata:  two spaces\nid: a\u{0}b\n\ndata: 👩‍🚀 zweimal\r\n\n"
        + "data: never ended"

    static let expected = [
        ServerSentEvent(data: "Grüße\n世界"),
        ServerSentEvent(name: "note", data: "no space", id: "7"),
        ServerSentEvent(data: "", id: "7"),
        ServerSentEvent(data: " two spaces", id: "7"),
        ServerSentEvent(data: "👩‍🚀 zweimal", id: "7"),
    ]

    @Test func `a document reads the same wherever it is cut in two`() throws {
        let bytes = Array(Self.document.utf8)
        for cut in 0...bytes.count {
            var decoder = ServerSentEventDecoder()
            let events = try decoder.events(in: bytes[..<cut]) + decoder.events(in: bytes[cut...])
            #expect(events == Self.expected, "cut at byte \(cut)")
        }
    }

    @Test(arguments: 1...9)
    func `a document reads the same in pieces of a fixed size`(size: Int) throws {
        var decoder = ServerSentEventDecoder()
        var rest = Array(Self.document.utf8)[...]
        var events: [ServerSentEvent] = []
        while !rest.isEmpty {
            events += try decoder.events(in: rest.prefix(size))
            rest = rest.dropFirst(size)
        }
        #expect(events == Self.expected)
    }

    @Test func `an event is reported with the byte that completes it`() throws {
        var decoder = ServerSentEventDecoder()
        #expect(try decoder.events(in: "data: 1\n".utf8).isEmpty)
        #expect(try decoder.events(in: "\n".utf8) == [ServerSentEvent(data: "1")])
        #expect(try decoder.events(in: "data: 2\r\r".utf8) == [ServerSentEvent(data: "2")])
    }

    @Test func `bytes that are not UTF-8 become replacement characters`() throws {
        var decoder = ServerSentEventDecoder()
        let events = try decoder.events(in: Array("data: a".utf8) + [0xFF] + Array("b\n\n".utf8))
        #expect(events == [ServerSentEvent(data: "a\u{FFFD}b")])
    }

    @Test func `a line without end is refused`() {
        var decoder = ServerSentEventDecoder(limit: 16)
        #expect(throws: ServerSentEventDecoder.TooLarge(limit: 16)) {
            try decoder.events(in: String(repeating: "x", count: 17).utf8)
        }
    }

    @Test func `an event of many short lines without end is refused`() {
        var decoder = ServerSentEventDecoder(limit: 16)
        #expect(throws: ServerSentEventDecoder.TooLarge(limit: 16)) {
            try decoder.events(in: String(repeating: "data: abcd\n", count: 5).utf8)
        }
    }

    @Test(arguments: ["", "one line", "two\nlines", "ends with a break\n", " leading space", "世界 👩‍🚀"])
    func `what is written reads back`(data: String) throws {
        var decoder = ServerSentEventDecoder()
        let event = ServerSentEvent(name: "note", data: data, id: "42")
        #expect(try decoder.events(in: ServerSentEvents.bytes(of: event)) == [event])
    }

    @Test func `every kind of line break in the data becomes a line`() {
        let bytes = ServerSentEvents.bytes(of: ServerSentEvent(data: "a\r\nb\rc\nd"))
        #expect(String(decoding: bytes, as: UTF8.self) == "data: a\ndata: b\ndata: c\ndata: d\n\n")
    }

    @Test func `a name or id cannot smuggle in a field`() {
        let bytes = ServerSentEvents.bytes(of: ServerSentEvent(name: "a\ndata: x", data: "b", id: "1\r\n\r\n"))
        #expect(String(decoding: bytes, as: UTF8.self) == "id: 1\nevent: a\ndata: b\n\n")
    }

    @Test func `readers skip a comment`() throws {
        var decoder = ServerSentEventDecoder()
        #expect(try decoder.events(in: ServerSentEvents.comment("still here\ndata: x")).isEmpty)
        #expect(try decoder.events(in: "data: y\n\n".utf8) == [ServerSentEvent(data: "y")])
    }
}
