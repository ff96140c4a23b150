import Planning
import Renderers

/// The lines of a difference before they get their form: what each says, how it is marked and how deep it stands.
struct DifferenceWords {
    let values: ValueText

    struct Line: Equatable {
        var mark: Mark?
        var depth: Int
        var text: String
    }

    enum Mark: String { case added = "+", changed = "~", removed = "-", note = "!" }

    /// All about one file, its name not included.
    func lines(_ file: FileDifference) -> [Line] {
        var lines = file.notes.map { Line(mark: .note, depth: 0, text: words(for: $0)) }
        if let isExecutable = file.becomesExecutable {
            let text = isExecutable ? "may be run as a program now" : "may be run as a program no longer"
            lines.append(Line(mark: .changed, depth: 0, text: text))
        }
        switch file.content {
        case .things(let changes): return lines + changes.flatMap(self.lines)
        case .lines(let difference):
            return lines + (file.fate == .changed ? difference.hunks.flatMap(self.lines) : [count(difference)])
        }
    }

    private func lines(_ thing: ThingChange) -> [Line] {
        let head = Line(mark: Mark(thing.fate), depth: 0, text: values.name(thing.id.words))
        switch thing.change {
        case .added, .removed: return [head]
        case .changed(let changes): return [head] + changes.map(line)
        }
    }

    private func line(_ property: PropertyChange) -> Line {
        let path = values.name(property.path.description)
        switch property.change {
        case .added(let value): return Line(mark: .added, depth: 1, text: path + ending(property.path, value))
        case .removed(let value): return Line(mark: .removed, depth: 1, text: path + ending(property.path, value))
        case .changed(.secret, .secret): return Line(mark: .changed, depth: 1, text: "\(path): (secret), another one")
        case .changed(let old, let new):
            let pair = values.pair(old, new)
            return Line(mark: .changed, depth: 1, text: "\(path): \(pair.old) → \(pair.new)")
        }
    }

    /// The value, unless the path ends with it: `dependsOn[queue]`.
    private func ending(_ path: PropertyPath, _ value: Value) -> String {
        if case .element(let name) = path.steps.last, name == value.scalar { return "" }
        return ": \(values.text(value))"
    }

    private func lines(_ hunk: LineDifference.Hunk) -> [Line] {
        [Line(mark: nil, depth: 0, text: hunk.header)]
            + hunk.lines.map { Line(mark: Mark($0.mark), depth: 0, text: $0.text.withoutControls) }
    }

    private func count(_ difference: LineDifference) -> Line {
        let isAdded = difference.added > 0
        let count = isAdded ? difference.added : difference.removed
        return Line(mark: isAdded ? .added : .removed, depth: 0, text: "\(count) line\(count == 1 ? "" : "s")")
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

extension DifferenceWords.Mark {
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
