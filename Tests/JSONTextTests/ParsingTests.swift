import JSONText
import Testing

/// The rules of RFC 8259, case by case.
@Suite struct ParsingTests {
    @Test(arguments: [
        ("null", JSON.null),
        ("true", .bool(true)),
        ("false", .bool(false)),
        (#""""#, .string("")),
        (#""a""#, .string("a")),
        ("0", .number("0")),
        ("-0", .number("-0")),
        ("[]", .array([])),
        ("{}", .object([])),
        (" \t\r\n[ 1 , 2 ] ", .array([1, 2])),
        (#"{"a":1,"b":[{}]}"#, .object([.init("a", 1), .init("b", [[:]])])),
        (#"{"":0}"#, .object([.init("", 0)])),
        (#""\"\\\/\b\f\n\r\t""#, .string("\"\\/\u{8}\u{c}\n\r\t")),
        (#""\u0041\u00e9\u20AC""#, .string("Aé€")),
        (#""\ud83d\ude00""#, .string("😀")),
        (#""\uDBFF\uDFFF""#, .string("\u{10FFFF}")),
        ("\"é😀\u{7f}\"", .string("é😀\u{7f}")),
        (#""\u0000""#, .string("\0")),
    ])
    func `a sound document is read`(text: String, value: JSON) throws {
        #expect(try JSON(parsing: text) == value)
    }

    @Test(arguments: [
        "1.0", "1e400", "12345678901234567890", "-1.50e3", "0.1", "1E+2", "1e-2", "0e0", "-0.0",
        "100000000000000000000000000000000000000000000000001",
    ])
    func `a number stays as it was written`(digits: String) throws {
        let value = try JSON(parsing: digits)
        #expect(value == .number(digits))
        #expect(value.text == digits)
    }

    @Test(arguments: [
        ("", JSONError.Reason.unexpectedEnd, 0),
        (" ", .unexpectedEnd, 1),
        ("[", .unexpectedEnd, 1),
        ("[1,", .unexpectedEnd, 3),
        ("[1,]", .unexpected("]"), 3),
        ("[1 2]", .unexpected("2"), 3),
        ("[,1]", .unexpected(","), 1),
        ("{", .unexpectedEnd, 1),
        (#"{"a"}"#, .unexpected("}"), 4),
        (#"{"a":}"#, .unexpected("}"), 5),
        (#"{"a":1,}"#, .unexpected("}"), 7),
        ("{a:1}", .unexpected("a"), 1),
        ("{1:1}", .unexpected("1"), 1),
        ("'a'", .unexpected("'"), 0),
        ("nul", .unexpected("n"), 0),
        ("True", .unexpected("T"), 0),
        ("nulll", .trailingText, 4),
        ("1 2", .trailingText, 2),
        ("[]]", .trailingText, 2),
        ("{}x", .trailingText, 2),
        ("01", .badNumber, 0),
        ("-", .badNumber, 0),
        ("-01", .badNumber, 0),
        ("1.", .badNumber, 0),
        (".5", .unexpected("."), 0),
        ("+1", .unexpected("+"), 0),
        ("1e", .badNumber, 0),
        ("1e+", .badNumber, 0),
        ("0x10", .trailingText, 1),
        ("NaN", .unexpected("N"), 0),
        ("Infinity", .unexpected("I"), 0),
        ("\"", .unexpectedEnd, 1),
        ("\"\u{1}\"", .controlCharacter, 1),
        ("\"a\nb\"", .controlCharacter, 2),
        ("\"\\n\t\"", .controlCharacter, 3),
        (#""\x""#, .badEscape, 1),
        (#""\u12""#, .unexpectedEnd, 3),
        (#""\u12G4""#, .badEscape, 3),
        (#""\u+123""#, .badEscape, 3),
        (#""\""#, .unexpectedEnd, 3),
        (#""\ud83d""#, .badEscape, 1),
        (#""\ude00""#, .badEscape, 1),
        (#""\ud83dx""#, .badEscape, 1),
        (#""\ud83d\n""#, .badEscape, 1),
        (#""\ud83d\ud83d""#, .badEscape, 1),
        (#"{"a":1,"a":2}"#, .duplicateName("a"), 7),
        (#"{"a":1,"\u0061":2}"#, .duplicateName("a"), 7),
        (#"[{"b":{"c":1,"c":1}}]"#, .duplicateName("c"), 13),
        ("\u{FEFF}1", .unexpected("\u{FEFF}"), 0),
        ("[1]\u{a0}", .trailingText, 3),
    ])
    func `a mistake is named with its place`(text: String, reason: JSONError.Reason, offset: Int) {
        let error = #expect(throws: JSONError.self) { try JSON(parsing: text) }
        #expect(error?.reason == reason)
        #expect(error?.offset == offset)
    }

    @Test(
        arguments: [
            [0x22, 0xFF, 0x22], [0x22, 0xC3, 0x22], [0x22, 0xC0, 0x80, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22],
            [0x22, 0x5C, 0x6E, 0xFF, 0x22], [0x22, 0xF4, 0x90, 0x80, 0x80, 0x22],
        ] as [[UInt8]]
    )
    func `bytes that are not UTF-8 are refused`(bytes: [UInt8]) {
        let error = #expect(throws: JSONError.self) { try JSON(parsing: bytes) }
        #expect(error?.reason == .badText)
    }

    @Test func `nesting ends at 128 levels`() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        #expect(throws: Never.self) { try JSON(parsing: nested(128)) }
        let error = #expect(throws: JSONError.self) { try JSON(parsing: nested(129)) }
        #expect(error?.reason == .tooDeep)
        // Far deeper than any stack.
        #expect(throws: JSONError.self) { try JSON(parsing: String(repeating: "{\"a\":", count: 1_000_000)) }
    }

    @Test func `an error says what and where`() throws {
        let error = try #require(throws: JSONError.self) { try JSON(parsing: "[1,]") }
        #expect(error.description == "unexpected ']' at byte 3")
    }
}
