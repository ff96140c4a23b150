import JSONText

/// One line that a container wrote.
struct ConsoleLine: Sendable, Hashable {
    /// When, as the stream tells it; `nil` where it does not.
    let time: String?
    let text: String

    /// Reads a line of a stream: `{"TimeStamp": …, "Log": …}`; anything else is the text itself.
    ///
    /// The form comes from memory of what `az containerapp logs show` prints.
    init(_ line: String) {
        guard let json = try? JSON(parsing: line), let log = json["Log"]?.string else {
            self.init(time: nil, text: line)
            return
        }
        let end = log.last == "\n" ? log.dropLast() : log[...]
        self.init(time: json["TimeStamp"]?.string, text: String(end))
    }

    init(time: String?, text: String) {
        self.time = time
        self.text = text
    }
}

/// Which lines of a console have been seen, so that a stream which is opened again repeats none.
///
/// Streams tell the time of a line and no number, so the place is the last time, and how many lines had it.
struct ConsoleCursor: Sendable, Hashable {
    private var last: String?
    private var count = 0
    private var skipped = 0

    /// How many old lines to ask for: all that there can be, when what was seen can be told from what was not.
    func backlog(first: Int) -> Int {
        guard let last else { return first }
        return last.isEmpty ? 0 : 300
    }

    /// Says that a stream begins anew.
    mutating func reopen() { skipped = 0 }

    /// Whether a line has not been seen yet; it has been then.
    mutating func take(_ line: ConsoleLine) -> Bool {
        guard let time = line.time else {
            if last == nil { last = "" }
            return true
        }
        switch last {
        case nil, "": break
        case .some(let last) where time < last: return false
        case .some(let last) where time == last:
            guard skipped >= count else {
                skipped += 1
                return false
            }
            count += 1
            skipped = count
            return true
        default: break
        }
        last = time
        count = 1
        skipped = 1
        return true
    }
}
