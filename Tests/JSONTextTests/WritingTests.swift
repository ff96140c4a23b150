import JSONText
import Testing

@Suite struct WritingTests {
    @Test(arguments: [
        (JSON.null, "null"),
        (.bool(true), "true"),
        (.array([1, "a", nil]), #"[1,"a",null]"#),
        (.object([.init("z", 1), .init("a", 2)]), #"{"z":1,"a":2}"#),
        (.string("\"\\\n\r\t\u{1}\u{1f}/é"), #""\"\\\n\r\t\u0001\u001f/é""#),
    ])
    func `a value is written without white space and in its order`(value: JSON, text: String) {
        #expect(value.text == text)
        #expect(value.bytes == Array(text.utf8))
    }

    @Test func `ASCII text escapes all that is not ASCII and reads back the same`() throws {
        let value = JSON.object([.init("é", .string("a\u{7f}\u{80}€😀\n\"\\"))])
        #expect(value.asciiText == #"{"\u00e9":"a\u007f\u0080\u20ac\ud83d\ude00\n\"\\"}"#)
        #expect(try JSON(parsing: value.asciiText) == value)
    }

    @Test func `parts are found by name and kind`() {
        let value: JSON = ["a": 1, "b": "x", "c": [true], "d": 1.5]
        #expect(value["a"]?.integer == 1)
        #expect(value["b"]?.string == "x")
        #expect(value["c"]?.array?.first?.bool == true)
        #expect(value["d"]?.double == 1.5)
        #expect(value["d"]?.integer == nil)
        #expect(value["e"] == nil)
        #expect(JSON.string("a")["a"] == nil)
        #expect(JSON.compact(["a": nil, "b": 1]) == ["b": 1])
    }
}
