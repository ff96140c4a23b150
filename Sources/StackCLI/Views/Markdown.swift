/// The pieces of a report for GitHub, safe whatever the texts in them are.
enum Markdown {
    /// GitHub refuses a step summary above this size.
    ///
    /// Source: docs.github.com/actions/reference/workflow-commands-for-github-actions#step-isolation-and-limits
    static let byteLimit = 1 << 20

    /// A text as inline code.
    static func code(_ text: String) -> String {
        let text = text.onOneLine
        let fence = String(repeating: "`", count: longestFence(text) + 1)
        let padding = text.isEmpty || text.hasPrefix("`") || text.hasSuffix("`") ? " " : ""
        return "\(fence)\(padding)\(text)\(padding)\(fence)"
    }

    /// A text as itself, where HTML and Markdown mean something.
    static func plain(_ text: String) -> String {
        html(text).reduce(into: "") { result, character in
            if "\\`*_[]|#~".contains(character) { result.append("\\") }
            result.append(character)
        }
    }

    /// A text that somebody else wrote, as itself and no longer than anybody reads.
    static func excerpt(_ text: String) -> String {
        let limit = 4096
        return plain(text.utf8.count > limit ? String(decoding: text.utf8.prefix(limit), as: UTF8.self) + "…" : text)
    }

    static func html(_ text: String) -> String {
        text.onOneLine.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    }

    /// A row of a table; a bar inside a cell parts no cells.
    ///
    /// Source: github.github.com/gfm/#tables-extension-
    static func row(_ cells: [String]) -> String {
        "| \(cells.map { $0.replacing("\\|", with: "|").replacing("|", with: "\\|") }.joined(separator: " | ")) |"
    }

    /// Lines in a block that a reader unfolds.
    ///
    /// - Parameters:
    ///   - summary: What is shown of it folded, as HTML.
    ///   - lines: The lines of a block that highlights `diff`.
    ///   - byteLimit: How large it may be; it is cut at the end of a line.
    ///   - note: What stands in the place of what was cut.
    /// - Returns: The block with all its ends, `nil` where not even the first lines fit, and whether it was cut.
    static func fold(
        _ summary: String,
        _ lines: [String],
        byteLimit: Int,
        note: String
    ) -> (text: String, isWhole: Bool)? {
        let fence = String(repeating: "`", count: max(3, (lines.map(longestFence).max() ?? 0) + 1))
        let start = "<details><summary>\(summary)</summary>\n\n\(fence)diff\n"
        let end = "\(fence)\n\n</details>\n"
        var room = byteLimit - start.utf8.count - end.utf8.count - note.utf8.count - 1
        guard room > 0 else { return nil }
        var body = ""
        for line in lines {
            room -= line.utf8.count + 1
            guard room >= 0 else { return ("\(start)\(body)\(note)\n\(end)", false) }
            body += line + "\n"
        }
        return (start + body + end, true)
    }

    private static func longestFence(_ text: String) -> Int {
        text.utf8.reduce(into: (longest: 0, current: 0)) { run, byte in
            run.current = byte == UInt8(ascii: "`") ? run.current + 1 : 0
            run.longest = max(run.longest, run.current)
        }.longest
    }
}

extension String {
    /// The text without controls and on one line, as a cell, a heading or a line of a list must be.
    var onOneLine: String {
        guard !utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) else { return self }
        return split { $0.isNewline || $0 == "\t" }.joined(separator: " ").withoutControls
    }
}
