import Testing
import WebFormats

@Suite struct EncodingTests {
    @Test(arguments: [("a-b_c.d~9", "a-b_c.d~9"), (" /é", "%20%2F%C3%A9"), ("", ""), ("%41\0", "%2541%00")])
    func `text is percent-encoded and read`(text: String, encoded: String) {
        #expect(PercentEncoding.encode(text) == encoded)
        #expect(PercentEncoding.decode(encoded) == text)
    }

    @Test(arguments: ["%", "%4", "%zz", "%ff", "%+1"])
    func `what is no percent-encoding of text is not read`(text: String) {
        #expect(PercentEncoding.decode(text) == nil)
    }

    @Test func `bytes are written as two digits each, and read`() {
        let bytes: [UInt8] = [0, 9, 10, 0x7F, 0xFF]
        #expect(bytes.hexadecimal == "00090a7fff")
        #expect([UInt8](hexadecimal: "00090A7fff") == bytes)
        #expect([UInt8](hexadecimal: "") == [])
    }

    @Test(arguments: ["0", "0g", "+1", "000", "é0"])
    func `what is no hexadecimal is not read`(text: String) {
        #expect([UInt8](hexadecimal: text) == nil)
    }
}
