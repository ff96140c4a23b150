/// The words of a directive, which may be quoted: `A=b "C=d e"`.
///
/// Source: freedesktop.org/software/systemd/man/latest/systemd.syntax.html, "Quoting".
enum UnitWords {
    static func split(_ text: String) -> [String] {
        var words: [String] = []
        var word: String?
        var quote: Character?
        var rest = Substring(text)
        while let character = rest.popFirst() {
            switch character {
            case "\\": word = (word ?? "") + escaped(&rest)
            case quote: quote = nil
            case "\"" where quote == nil, "'" where quote == nil:
                quote = character
                word = word ?? ""
            case " " where quote == nil, "\t" where quote == nil:
                if let word { words.append(word) }
                word = nil
            default: word = (word ?? "") + String(character)
            }
        }
        return words + (word.map { [$0] } ?? [])
    }

    private static let letters: [Character: String] = [
        "a": "\u{7}", "b": "\u{8}", "f": "\u{C}", "n": "\n", "r": "\r", "t": "\t", "v": "\u{B}", "\\": "\\",
        "\"": "\"", "'": "'", "s": " ",
    ]

    /// What an escape stands for; one that is unknown stays as it is written.
    private static func escaped(_ rest: inout Substring) -> String {
        guard let letter = rest.popFirst() else { return "\\" }
        if let meaning = letters[letter] { return meaning }
        let digits: [Character: Int] = ["x": 2, "u": 4, "U": 8]
        guard let count = digits[letter], let number = UInt32(rest.prefix(count), radix: 16),
            rest.count >= count, let scalar = Unicode.Scalar(number)
        else { return "\\\(letter)" }
        rest = rest.dropFirst(count)
        return String(Character(scalar))
    }
}
