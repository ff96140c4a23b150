/// A report of limited size, made of pieces that are in it whole or not at all.
struct MarkdownReport {
    private var written = ""
    private var room: Int
    private let note: String
    private var isCut = false

    /// Begins a report.
    ///
    /// - Parameters:
    ///   - byteLimit: How large it may be.
    ///   - remedy: Where to find what does not fit, as the end of a sentence.
    init(byteLimit: Int, remedy: String) {
        self.note = "… the rest does not fit; \(remedy)"
        self.room = byteLimit - note.utf8.count - 2
    }

    /// The report, with a note where something is left out; empty where not even that fits.
    var text: String { isCut ? room < 0 ? "" : "\(written)\n\(note)\n" : written }

    /// Adds a line; false where it does not fit.
    @discardableResult
    mutating func add(_ line: String = "") -> Bool {
        let size = line.utf8.count + 1
        guard size <= room else {
            isCut = true
            return false
        }
        room -= size
        written += line + "\n"
        return true
    }

    /// Adds a table of cells that are Markdown already.
    mutating func addTable(_ header: [String], _ rows: [[String]]) {
        guard !rows.isEmpty else { return }
        let rule = header.map { _ in "---" }
        guard add("\(Markdown.row(header))\n\(Markdown.row(rule))") else { return }
        for row in rows { add(Markdown.row(row)) }
        add()
    }

    /// Adds what is wrong or leaves, as a list under a heading, of which the first hundred are shown.
    mutating func addList(_ title: String, _ items: [String]) {
        guard !items.isEmpty else { return }
        add("**\(title)**")
        add()
        for item in items.prefix(Self.listLimit) { add("- \(item)") }
        if items.count > Self.listLimit { add("- and \(items.count - Self.listLimit) more") }
        add()
    }

    /// Adds lines of a `diff` that are shown when somebody wants to see them.
    mutating func addFold(_ summary: String, _ lines: [String]) {
        guard let fold = Markdown.fold(Markdown.html(summary), lines, byteLimit: room, note: note) else {
            return isCut = true
        }
        // A fold that is cut says so itself.
        room -= fold.text.utf8.count
        written += fold.text
    }

    private static let listLimit = 100
}
