import WebFormats

/// Names that nobody guesses: 128 bits of chance.
enum RandomIdentifier {
    static let length = 32

    static func next() -> String { RandomDigits.hexadecimal(groups: 2) }

    /// Whether a text can be such a name.
    static func isSound(_ text: some StringProtocol) -> Bool {
        text.utf8.count == length
            && text.utf8.allSatisfy { byte in
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
            }
    }
}
