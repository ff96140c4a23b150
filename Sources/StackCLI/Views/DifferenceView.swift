import Planning
import Renderers

/// A difference for people.
struct DifferenceView {
    let palette: Palette
    /// How many characters of a value are shown; `nil` for all.
    let valueLimit: Int?

    func lines(_ difference: Difference, _ names: (old: String, new: String)) -> [String] {
        var lines = ["\(palette.dim("old:")) \(names.old)", "\(palette.dim("new:")) \(names.new)", ""]
        for format in RenderFormat.allCases {
            let files = difference.files.filter { $0.path.format == format }
            guard !files.isEmpty else { continue }
            if let fate = difference.wholeFormats[format] {
                lines.append(whole(format, fate, files))
            } else {
                lines.append(palette.bold(format.rawValue))
                lines += files.flatMap(self.lines)
            }
        }
        if !difference.isEmpty { lines.append("") }
        return lines + summary(of: difference)
    }

    /// A format that one side does not have needs no more than a line.
    private func whole(_ format: RenderFormat, _ fate: FileDifference.Fate, _ files: [FileDifference]) -> String {
        let things = files.reduce(0) { $0 + $1.count(fate) }
        let side = fate == .added ? "the old side has none of it" : "the new side has none of it"
        let count = "\(files.count) file\(files.count == 1 ? "" : "s"), \(things) thing\(things == 1 ? "" : "s")"
        let mark = ChangeLine.Mark(fate)
        return palette.paint("\(mark.rawValue) \(format.rawValue): \(count); \(side)", mark)
    }

    private func lines(_ file: FileDifference) -> [String] {
        let words = DifferenceWords(values: ValueText(limit: valueLimit))
        let name = "  \(file.path.path.withoutControls)"
        let head = file.fate == .changed ? name : "\(name) (\(file.fate.rawValue))"
        return [head]
            + words.lines(file).map { palette.paint($0, indent: 2) }
    }

    private func summary(of difference: Difference) -> [String] {
        let counts = difference.counts
        let words =
            difference.isEmpty ? "Nothing is different; \(counts.unchanged) unchanged." : "\(counts.words)."
        guard !difference.respelled.isEmpty else { return [words] }
        let files = difference.respelled.map(\.description).joined(separator: ", ")
        return [words, palette.dim("Only spelled differently (see --text): \(files.withoutControls)")]
    }
}
