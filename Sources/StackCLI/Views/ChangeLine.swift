/// One line about a change before it gets its form: what it says, how it is marked and how deep it stands.
struct ChangeLine: Equatable {
    var mark: Mark?
    var depth: Int
    var text: String

    enum Mark: String { case added = "+", changed = "~", removed = "-", replaced = "±", note = "!" }

    /// The line for a block that highlights `diff`, which looks for the mark at the start.
    var diffText: String {
        let mark =
            switch mark {
            case .changed, .replaced: "!"
            case .note: "#"
            case .added, .removed: mark?.rawValue ?? " "
            case nil: " "
            }
        return "\(mark) \(String(repeating: "  ", count: depth))\(text)"
    }
}

extension Palette {
    /// A text in the colour of what happens.
    func paint(_ text: String, _ mark: ChangeLine.Mark?) -> String {
        switch mark {
        case .added: paint(text, .green)
        case .changed, .note: paint(text, .yellow)
        case .removed: paint(text, .red)
        case .replaced: paint(text, .magenta)
        case nil: dim(text)
        }
    }

    /// A line with its mark, below a line that is indented so much.
    func paint(_ line: ChangeLine, indent: Int) -> String {
        let spaces = String(repeating: "  ", count: indent + line.depth)
        return "\(spaces)\(paint("\(line.mark?.rawValue ?? " ") \(line.text)", line.mark))"
    }
}
