import Testing
import TestInstruments

@testable import JSONText

/// Reading a part of a document gives what reading all of it gives, and refuses what that refuses.
@Suite struct ReaderTests {
    /// What a document holds under a path of names, read without building anything else.
    static func part(of bytes: [UInt8], at path: ArraySlice<String>) throws(JSONError) -> JSON? {
        let outcome = bytes.withUnsafeBufferPointer { bytes in
            Result { () throws(JSONError) in
                var reader = JSONReader(bytes)
                let found = try part(&reader, at: path)
                try reader.end()
                return found
            }
        }
        return try outcome.get()
    }

    private static func part(_ reader: inout JSONReader, at path: ArraySlice<String>) throws(JSONError) -> JSON? {
        guard let first = path.first else { return try reader.value() }
        var found: JSON?
        _ = try reader.object { reader, name throws(JSONError) in
            if name.text == first { found = try part(&reader, at: path.dropFirst()) }
        }
        return found
    }

    @Test(arguments: 1...20)
    func `a part of a random document is what the whole has there`(seed: Int) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<200 {
            let document = JSON.random(depth: 5, using: &random)
            var path: [String] = []
            var expected = document
            while let member = expected.members?.randomElement(using: &random) {
                path.append(member.name)
                expected = member.value
            }
            #expect(try Self.part(of: document.bytes, at: path[...]) == expected)
            #expect(try Self.part(of: Array(document.asciiText.utf8), at: path[...]) == expected)
        }
    }

    @Test(arguments: 1...20)
    func `what is skipped is refused for the same reason as what is built`(seed: Int) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<300 {
            var bytes = JSON.random(depth: 4, using: &random).bytes
            for _ in 0..<Int.random(in: 0...2, using: &random) where !bytes.isEmpty {
                bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            if Int.random(in: 0..<4, using: &random) == 0 { bytes.removeLast(bytes.count / 3) }
            #expect(
                Self.mistake { try Self.part(of: bytes, at: ["absent"]) } == Self.mistake { try JSON(parsing: bytes) }
            )
        }
    }

    private static func mistake<Value>(_ read: () throws -> Value) -> JSONError? {
        do {
            _ = try read()
            return nil
        } catch {
            return error as? JSONError
        }
    }

    @Test func `a value of another kind is skipped`() throws {
        let text = Array(#"{"a":[1,{"b":2}],"c":1.5,"d":"x","e":null,"f":12}"#.utf8)
        var texts: [String?] = []
        var integers: [Int?] = []
        try text.withUnsafeBufferPointer { bytes in
            var reader = JSONReader(bytes)
            _ = try reader.object { reader, _ throws(JSONError) in texts.append(try reader.string()) }
            try reader.end()
            reader = JSONReader(bytes)
            _ = try reader.object { reader, _ throws(JSONError) in integers.append(try reader.integer()) }
            try reader.end()
        }
        #expect(texts == [nil, nil, "x", nil, nil])
        #expect(integers == [nil, nil, nil, nil, 12])
    }

    @Test(arguments: [
        #"{"a":1,"\u0061":2}"#, #"{"\u0061":1,"a":2}"#, #"{"x":{"a":1,"b":2,"a":3}}"#,
        "{" + (0..<40).map { #""n\#($0 % 39)":\#($0)"# }.joined(separator: ",") + "}",
    ])
    func `a name that stands twice is refused, however it is written`(text: String) {
        #expect(throws: JSONError.self) { try Self.part(of: Array(text.utf8), at: ["absent"]) }
        #expect(throws: JSONError.self) { try JSON(parsing: text) }
    }

    @Test func `names that only look alike are two`() throws {
        // é as one character, and as a letter with an accent.
        let text = "{\"\u{E9}\":1,\"e\u{301}\":2,\"x\":3,\"X\":4}"
        #expect(try JSON(parsing: text).members?.count == 4)
    }

    @Test func `names of an object may be those of the one around it`() throws {
        let text = #"{"a":{"a":{"b":1},"b":2},"b":[{"a":1},{"a":2}]}"#
        #expect(try JSON(parsing: text).text == text)
    }
}
