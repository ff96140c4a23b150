import Planning
import Renderers

/// A difference for a pull request or a step summary: what is removed first, details folded.
enum DifferenceMarkdown {
    /// GitHub refuses a step summary above this size.
    ///
    /// Source: docs.github.com/actions/reference/workflow-commands-for-github-actions#step-isolation-and-limits
    static let byteLimit = 1 << 20
    private static let removalLimit = 100

    static func text(
        _ difference: Difference,
        _ names: (old: String, new: String),
        byteLimit: Int = byteLimit
    ) -> String {
        var text = head(of: difference, names)
        var omitted = 0
        // Room for the sentence about what is left out.
        let budget = byteLimit - 200
        for file in difference.files {
            let details = details(of: file, byteLimit: budget - text.utf8.count)
            if let details { text += details } else { omitted += 1 }
        }
        if omitted > 0 { text += "\n\(omitted) more file\(omitted == 1 ? "" : "s"); see `infra diff`.\n" }
        return text
    }

    // MARK: Above the fold

    private static func head(of difference: Difference, _ names: (old: String, new: String)) -> String {
        let counts = difference.counts
        let removed = counts.removed > 0 ? "**\(counts.removed) removed**" : "0 removed"
        let title =
            difference.isEmpty
            ? "### Nothing is different; \(counts.unchanged) unchanged"
            : "### \(removed), \(counts.added) added, \(counts.changed) changed, \(counts.unchanged) unchanged"
        var lines = [title, "", "Old: \(code(names.old))<br>", "New: \(code(names.new))", ""]
        let removals = removals(in: difference)
        if !removals.isEmpty {
            lines += ["**Removed**", ""] + removals.prefix(removalLimit)
            if removals.count > removalLimit { lines.append("- and \(removals.count - removalLimit) more") }
            lines.append("")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func removals(in difference: Difference) -> [String] {
        difference.files.flatMap { file -> [String] in
            switch file.content {
            case .things(let changes):
                changes.filter { $0.fate == .removed }.map {
                    "- \(code($0.id.words)) in \(code(file.path.description))"
                }
            case .lines: file.fate == .removed ? ["- \(code(file.path.description))"] : []
            }
        }
    }

    // MARK: Folded

    /// `nil` where not even the first lines fit.
    private static func details(of file: FileDifference, byteLimit: Int) -> String? {
        let lines = DifferenceWords(values: ValueText(limit: nil)).lines(file).map(line)
        let fence = String(repeating: "`", count: max(3, (lines.map(longestFence).max() ?? 0) + 1))
        let summary = "\(html(file.path.description)): \(file.words)"
        let start = "<details><summary>\(summary)</summary>\n\n\(fence)diff\n"
        let end = "\(fence)\n\n</details>\n"
        let note = "… the rest does not fit; see `infra diff`\n"
        var room = byteLimit - start.utf8.count - end.utf8.count - note.utf8.count
        guard room > 0 else { return nil }
        var body = ""
        for line in lines {
            room -= line.utf8.count + 1
            guard room >= 0 else { return start + body + note + end }
            body += line + "\n"
        }
        return start + body + end
    }

    /// The mark stands first, where `diff` highlighting looks for it.
    private static func line(_ line: DifferenceWords.Line) -> String {
        let mark = line.mark == .changed ? "!" : line.mark == .note ? "#" : line.mark?.rawValue ?? " "
        return "\(mark) \(String(repeating: "  ", count: line.depth))\(line.text)"
    }

    private static func longestFence(_ text: String) -> Int {
        text.split { $0 != "`" }.map(\.count).max() ?? 0
    }

    /// A text as inline code, whatever is in it.
    private static func code(_ text: String) -> String {
        let fence = String(repeating: "`", count: longestFence(text) + 1)
        let padding = text.hasPrefix("`") || text.hasSuffix("`") ? " " : ""
        return "\(fence)\(padding)\(text.withoutControls)\(padding)\(fence)"
    }

    private static func html(_ text: String) -> String {
        text.withoutControls.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    }
}
