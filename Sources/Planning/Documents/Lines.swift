/// The lines of a text, told apart by every byte.
///
/// Swift's `String` calls two spellings of `é` equal and `\r\n` one character; a comparison of files must do neither.
struct Lines: Sendable, Hashable {
    typealias Line = ArraySlice<UInt8>

    let contents: [Line]
    /// Whether the last line ends as the others do; an empty text has no last line.
    let isTerminated: Bool

    init(_ text: String) {
        let bytes = Array(text.utf8)
        let newline = UInt8(ascii: "\n")
        self.isTerminated = bytes.isEmpty || bytes.last == newline
        let body = bytes.last == newline ? bytes.dropLast() : bytes[...]
        self.contents = bytes.isEmpty ? [] : body.split(separator: newline, omittingEmptySubsequences: false)
    }
}
