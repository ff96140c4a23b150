import ModelStreaming

/// Takes from an answer what was said already by a process that is gone, when the same question is put again.
///
/// Only an answer that begins with the very same text can go on; any other would turn into another in mid-sentence.
struct RepeatedText {
    /// The new answer is another one.
    struct Differs: Error {}

    /// What is still to be repeated.
    private var expected: Substring.UTF8View

    init(_ text: String) {
        expected = Substring(text).utf8
    }

    /// What is new of a text that comes next; `nil` when nothing is.
    mutating func rest(of text: String) throws(Differs) -> String? {
        if expected.isEmpty { return text }
        let bytes = text.utf8
        let count = min(bytes.count, expected.count)
        guard expected.prefix(count).elementsEqual(bytes.prefix(count)) else { throw Differs() }
        expected = expected.dropFirst(count)
        return count < bytes.count ? String(Substring(bytes.dropFirst(count))) : nil
    }

    /// Checks that all was repeated.
    func check() throws(Differs) {
        guard expected.isEmpty else { throw Differs() }
    }
}
