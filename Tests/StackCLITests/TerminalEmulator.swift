/// A terminal as small as one can be: it keeps what a person would see.
///
/// It knows the sequences that are used, and records any other as an error. Like most terminals it wraps lines that
/// became too long when its window gets narrower.
struct TerminalEmulator {
    private(set) var columns: Int
    private(set) var rows: Int
    /// Whole lines with where they are wrapped worked out when they are shown.
    private var screen: [[Character]] = [[]]
    private var row = 0
    private var column = 0
    private(set) var errors: [String] = []

    init(rows: Int, columns: Int) {
        self.rows = rows
        self.columns = columns
    }

    /// What is on the screen and has scrolled out of it, without empty lines at the end.
    var lines: [String] {
        var lines = screen.map { String($0) }
        while lines.last?.isEmpty == true { lines.removeLast() }
        return lines
    }

    mutating func resize(rows: Int, columns: Int) {
        self.rows = rows
        self.columns = columns
        let old = screen
        let cursor = row
        screen = []
        for (index, line) in old.enumerated() {
            if index == cursor { row = screen.count }
            var rest = line[...]
            repeat {
                screen.append(Array(rest.prefix(columns)))
                rest = rest.dropFirst(columns)
            } while !rest.isEmpty
        }
    }

    mutating func write(_ text: String) {
        var rest = Substring(text).unicodeScalars
        while let scalar = rest.popFirst() {
            switch scalar {
            case "\n":
                row += 1
                column = 0
                while screen.count <= row { screen.append([]) }
            case "\r": column = 0
            case "\u{1B}": escape(&rest)
            default: put(Character(scalar))
            }
        }
    }

    private mutating func put(_ character: Character) {
        if column >= columns { errors.append("wrapped at \(screen[row])") }
        while screen[row].count <= column { screen[row].append(" ") }
        screen[row][column] = character
        column += 1
    }

    private mutating func escape(_ rest: inout Substring.UnicodeScalarView) {
        guard rest.popFirst() == "[" else { return errors.append("an escape that is no sequence") }
        var parameter = ""
        while let scalar = rest.popFirst() {
            switch scalar {
            case "0"..."9": parameter.unicodeScalars.append(scalar)
            case "A":
                // The cursor does not leave the screen.
                row = max(max(0, screen.count - rows), row - (Int(parameter) ?? 1))
                return
            case "J":
                screen[row].removeLast(max(0, screen[row].count - column))
                screen.removeLast(screen.count - row - 1)
                return
            case "K": return screen[row].removeLast(max(0, screen[row].count - column))
            case "m": return
            default: return errors.append("unknown sequence \(parameter)\(scalar)")
            }
        }
    }
}
