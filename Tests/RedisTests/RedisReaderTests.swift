import NIOCore
import TestInstruments
import Testing

@testable import Redis

@Suite struct RedisReaderTests {
    private func read(_ text: String, limit: Int = 1 << 20) throws -> [RedisValue] {
        var reader = RedisReader(limit: limit)
        var buffer = ByteBuffer(string: text)
        var values: [RedisValue] = []
        while let value = try reader.next(in: &buffer) { values.append(value) }
        return values
    }

    @Test(
        arguments: [
            ("+OK\r\n", .bytes(Array("OK".utf8))),
            ("-NOSCRIPT No matching script\r\n", .error(code: "NOSCRIPT")),
            ("-no code at all\r\n", .error(code: "ERR")),
            (":-12\r\n", .integer(-12)),
            ("$0\r\n\r\n", .bytes([])),
            ("$4\r\n\r\n\0\u{1}\r\n", .bytes([13, 10, 0, 1])),
            ("$-1\r\n", .null),
            ("*-1\r\n", .null),
            ("_\r\n", .null),
            ("*0\r\n", .array([])),
            ("*2\r\n:1\r\n*1\r\n$-1\r\n", .array([.integer(1), .array([.null])])),
            ("*2\r\n-ERR a\r\n*0\r\n", .array([.error(code: "ERR"), .array([])])),
            ("%1\r\n+a\r\n:1\r\n", .array([.bytes([97]), .integer(1)])),
            ("~2\r\n:1\r\n:2\r\n", .array([.integer(1), .integer(2)])),
            ("#t\r\n", .integer(1)), ("#f\r\n", .integer(0)),
            (",1.5\r\n", .double(1.5)), (",inf\r\n", .double(.infinity)),
            (
                "(3492890328409238509324850943850943825024385\r\n",
                .bytes(Array("3492890328409238509324850943850943825024385".utf8))
            ),
            ("=5\r\ntxt:a\r\n", .bytes([97])),
            ("!7\r\nWRONG a\r\n", .error(code: "WRONG")),
            ("|1\r\n+ttl\r\n:3\r\n:7\r\n", .integer(7)),
            (">2\r\n+message\r\n+x\r\n:7\r\n", .integer(7)),
        ] as [(String, RedisValue)]
    )
    func `every kind of answer is read, however it is cut`(text: String, value: RedisValue) throws {
        #expect(try read(text) == [value])
        var reader = RedisReader(limit: 1 << 20)
        var buffer = ByteBuffer()
        var values: [RedisValue] = []
        for byte in text.utf8 {
            buffer.writeInteger(byte)
            if let value = try reader.next(in: &buffer) { values.append(value) }
        }
        #expect(values == [value])
        #expect(buffer.readableBytes == 0)
    }

    @Test(arguments: [
        "x\r\n", "\r\n", ":a\r\n", "$a\r\n", "$-2\r\n", "$1\r\nab\r\n", "+a\rb", ",x\r\n", "=1\r\na\r\n",
        String(repeating: "*1\r\n", count: 40), "+" + String(repeating: "a", count: 70_000),
    ])
    func `what is not the protocol is refused`(text: String) {
        #expect(throws: RedisError.malformedAnswer) { try read(text) }
    }

    @Test(arguments: [
        "$1001\r\n", "*1000000000\r\n", "*3\r\n$500\r\n\(String(repeating: "a", count: 500))\r\n$600\r\n",
        "*300\r\n" + String(repeating: ":1\r\n", count: 300),
    ])
    func `an answer longer than the limit is refused, as soon as that is known`(text: String) {
        #expect(throws: RedisError.answerTooLarge) { try read(text, limit: 1000) }
    }

    @Test func `the limit is that of one answer`() throws {
        #expect(
            try read(String(repeating: "$500\r\n\(String(repeating: "a", count: 500))\r\n", count: 9), limit: 600).count
                == 9
        )
    }

    @Test(arguments: 0..<200)
    func `whatever a server sends is read or refused, and never more is kept than the limit`(seed: Int) {
        var random = SeededGenerator(seed: seed)
        let pieces = [
            "*", "$", "%", ">", "|", ":", "-", "+", "1", "3", "2", "\r\n", "\r\n", "a", "-1", "99999999999999999999",
        ]
        var reader = RedisReader(limit: 100)
        var buffer = ByteBuffer()
        for _ in 0..<200 {
            buffer.writeString(pieces.randomElement(using: &random) ?? "")
            do {
                while try reader.next(in: &buffer) != nil {}
            } catch {
                return
            }
            #expect(buffer.readableBytes <= 1000)
        }
    }
}
