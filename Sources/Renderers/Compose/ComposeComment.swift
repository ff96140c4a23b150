/// The words that explain a variable or a secret to those who must give it a value.
enum ComposeComment {
    static func purpose(isRequired: Bool, readers: [String], consequence: String?) -> String {
        let readers = list(readers)
        let purpose = isRequired ? "Required by \(readers)." : "Read by \(readers); may stay empty."
        return oneLine(purpose + (consequence.map { " Without it \($0)." } ?? ""))
    }

    /// Names as a sentence lists them: the first few of many.
    static func list(_ names: [String]) -> String {
        let shown = names.count > 4 ? names.prefix(3) : names[...]
        let rest = names.count - shown.count
        return shown.joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
    }

    /// Text that cannot leave its comment.
    private static func oneLine(_ text: String) -> String {
        String(text.map { $0.isNewline ? " " : $0 })
    }
}
