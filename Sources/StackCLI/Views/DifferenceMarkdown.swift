import Planning
import Renderers

/// A difference for a pull request or a step summary: what is removed first, details folded.
enum DifferenceMarkdown {
    private static let removalLimit = 100

    static func text(
        _ difference: Difference,
        _ names: (old: String, new: String),
        byteLimit: Int = Markdown.byteLimit
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
        var lines = [title, "", "Old: \(Markdown.code(names.old))<br>", "New: \(Markdown.code(names.new))", ""]
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
                    "- \(Markdown.code($0.id.words)) in \(Markdown.code(file.path.description))"
                }
            case .lines: file.fate == .removed ? ["- \(Markdown.code(file.path.description))"] : []
            }
        }
    }

    // MARK: Folded

    /// `nil` where not even the first lines fit.
    private static func details(of file: FileDifference, byteLimit: Int) -> String? {
        Markdown.fold(
            "\(Markdown.html(file.path.description)): \(file.words)",
            DifferenceWords(values: ValueText(limit: nil)).lines(file).map(\.diffText),
            byteLimit: byteLimit,
            note: "… the rest does not fit; see `infra diff`"
        )?.text
    }
}
