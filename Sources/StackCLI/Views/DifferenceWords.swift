import Planning
import Renderers

/// The lines of a difference before they get their form.
struct DifferenceWords {
    let values: ValueText

    /// All about one file, its name not included.
    func lines(_ file: FileDifference) -> [ChangeLine] {
        var lines = file.notes.map { ChangeLine(mark: .note, depth: 0, text: words(for: $0)) }
        if let isExecutable = file.becomesExecutable {
            let text = isExecutable ? "may be run as a program now" : "may be run as a program no longer"
            lines.append(ChangeLine(mark: .changed, depth: 0, text: text))
        }
        switch file.content {
        case .things(let changes): return lines + changes.flatMap(self.lines)
        case .lines(let difference):
            return lines + (file.fate == .changed ? difference.hunks.flatMap(self.lines) : [count(difference)])
        }
    }

    private func lines(_ thing: ThingChange) -> [ChangeLine] {
        let head = ChangeLine(mark: .init(thing.fate), depth: 0, text: values.name(thing.id.words))
        switch thing.change {
        case .added, .removed: return [head]
        case .changed(let changes): return [head] + changes.map(PropertyWords(values: values).line)
        }
    }

    private func lines(_ hunk: LineDifference.Hunk) -> [ChangeLine] {
        [ChangeLine(mark: nil, depth: 0, text: hunk.header)]
            + hunk.lines.map { ChangeLine(mark: .init($0.mark), depth: 0, text: $0.text.withoutControls) }
    }

    private func count(_ difference: LineDifference) -> ChangeLine {
        let isAdded = difference.added > 0
        let count = isAdded ? difference.added : difference.removed
        return ChangeLine(mark: isAdded ? .added : .removed, depth: 0, text: "\(count) line\(count == 1 ? "" : "s")")
    }

    private func words(for note: FileDifference.Note) -> String {
        switch note {
        case .unknownKind: return "compared line by line: files of this kind cannot be read as anything else"
        case .unreadable(let side, let error):
            let place = error.line.map { ", line \($0)" } ?? ""
            return "compared line by line: \(error.reason.withoutControls) (\(side.rawValue) file\(place))"
        }
    }
}

extension ChangeLine.Mark {
    init(_ fate: FileDifference.Fate) {
        switch fate {
        case .added: self = .added
        case .changed: self = .changed
        case .removed: self = .removed
        }
    }

    fileprivate init?(_ mark: LineDifference.Mark) {
        switch mark {
        case .added: self = .added
        case .removed: self = .removed
        case .unchanged: return nil
        }
    }
}

extension Thing.ID {
    /// What it is called: `resource chat (Microsoft.App/containerApps)`.
    var words: String {
        let name = name.isEmpty ? kind.rawValue : "\(kind.rawValue) \(name)"
        return type.map { "\(name) (\($0))" } ?? name
    }
}

extension LineDifference.Hunk {
    /// `@@ -1,3 +1,4 @@`; an empty side is named by the line before it.
    ///
    /// Source: gnu.org/software/diffutils/manual/html_node/Detailed-Unified.html
    var header: String { "@@ -\(range(oldStart, oldCount)) +\(range(newStart, newCount)) @@" }

    private func range(_ start: Int, _ count: Int) -> String {
        let first = count == 0 ? start : start + 1
        return count == 1 ? "\(first)" : "\(first),\(count)"
    }
}

extension Difference.Counts {
    /// All four, whatever they are: `1 added, 2 changed, 0 removed, 30 unchanged`.
    var words: String { "\(added) added, \(changed) changed, \(removed) removed, \(unchanged) unchanged" }
}

extension FileDifference {
    /// `1 added, 2 removed`; nothing is said of what there is none of.
    var words: String {
        let parts = Fate.allCases.map { ($0, count($0)) }.filter { $0.1 > 0 }.map { "\($0.1) \($0.0.rawValue)" }
        return parts.isEmpty ? fate.rawValue : parts.joined(separator: ", ")
    }
}
