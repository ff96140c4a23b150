import Planning

/// A difference as `git diff` writes it, so that `git apply` takes it.
///
/// Source: git-scm.com/docs/diff-format#generate_patch_text_with_p
struct TextDifferenceView {
    let palette: Palette

    func lines(_ difference: TextDifference) -> [String] {
        difference.files.flatMap(lines)
    }

    private func lines(_ file: TextDifference.File) -> [String] {
        let path = file.path.description.withoutControls
        var head = ["diff --git a/\(path) b/\(path)"] + mode(of: file)
        if !file.lines.isEmpty {
            head.append("--- " + (file.fate == .added ? "/dev/null" : "a/\(path)"))
            head.append("+++ " + (file.fate == .removed ? "/dev/null" : "b/\(path)"))
        }
        return head.map(palette.bold) + file.lines.hunks.flatMap(lines)
    }

    private func mode(of file: TextDifference.File) -> [String] {
        switch (file.wasExecutable.map(mode), file.isExecutable.map(mode)) {
        case (nil, let mode?): ["new file mode \(mode)"]
        case (let mode?, nil): ["deleted file mode \(mode)"]
        case (let old?, let new?): old == new ? [] : ["old mode \(old)", "new mode \(new)"]
        case (nil, nil): []
        }
    }

    private func mode(_ isExecutable: Bool) -> String { isExecutable ? "100755" : "100644" }

    private func lines(_ hunk: LineDifference.Hunk) -> [String] {
        [palette.paint(hunk.header, .cyan)]
            + hunk.lines.flatMap { line in
                let text = paint(line.mark.rawValue + safe(line.text), line.mark)
                return line.lacksNewline ? [text, "\\ No newline at end of file"] : [text]
            }
    }

    /// A patch needs every byte, and a terminal must not obey any.
    private func safe(_ text: String) -> String { palette.isOn ? text.withoutControls : text }

    private func paint(_ text: String, _ mark: LineDifference.Mark) -> String {
        switch mark {
        case .unchanged: text
        case .added: palette.paint(text, .green)
        case .removed: palette.paint(text, .red)
        }
    }
}
