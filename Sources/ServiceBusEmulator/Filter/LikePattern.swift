/// A pattern of SQL: `%` stands for any text, `_` for one character.
struct LikePattern: Sendable, Hashable {
    private enum Part: Sendable, Hashable {
        case character(Character)
        case one
        case any
    }

    private let parts: [Part]

    /// Reads a pattern; the character after the escape stands for itself.
    init(_ pattern: String, escape: Character? = nil) {
        var parts: [Part] = []
        var isEscaped = false
        for character in pattern {
            if character == escape, !isEscaped {
                isEscaped = true
                continue
            }
            switch character {
            case "%" where !isEscaped: if parts.last != .any { parts.append(.any) }
            case "_" where !isEscaped: parts.append(.one)
            default: parts.append(.character(character))
            }
            isEscaped = false
        }
        self.parts = parts
    }

    func matches(_ text: String) -> Bool {
        let text = Array(text)
        var (part, place) = (0, 0)
        // Where to go on when what follows the last `%` did not match: one character further on.
        var retry: (part: Int, place: Int)?
        while place < text.count {
            if part < parts.count, parts[part] == .any {
                part += 1
                retry = (part, place)
            } else if part < parts.count, parts[part] == .one || parts[part] == .character(text[place]) {
                part += 1
                place += 1
            } else if let last = retry {
                (part, place) = (last.part, last.place + 1)
                retry = (part, place)
            } else {
                return false
            }
        }
        return parts[part...].allSatisfy { $0 == .any }
    }
}
