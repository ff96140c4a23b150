/// The lines that changed between two texts, with a few unchanged ones around them.
public struct LineDifference: Sendable, Hashable {
    public let hunks: [Hunk]

    /// Changes that stand close together, as `diff -u` groups them.
    public struct Hunk: Sendable, Hashable {
        /// How many lines of the old and the new text come before the hunk.
        public let oldStart: Int
        public let newStart: Int
        public let lines: [Line]

        public var oldCount: Int { lines.count { $0.mark != .added } }
        public var newCount: Int { lines.count { $0.mark != .removed } }
    }

    public struct Line: Sendable, Hashable {
        public let mark: Mark
        public let text: String
        /// Whether it is the last of its text, and nothing ends it.
        public let lacksNewline: Bool
    }

    public enum Mark: String, Sendable, Hashable { case unchanged = " ", removed = "-", added = "+" }

    public var isEmpty: Bool { hunks.isEmpty }
    public var added: Int { hunks.reduce(0) { $0 + $1.lines.count { $0.mark == .added } } }
    public var removed: Int { hunks.reduce(0) { $0 + $1.lines.count { $0.mark == .removed } } }

    /// How many unchanged lines stand around a change.
    static let context = 3

    public init(from old: String, to new: String) {
        self.init(from: Lines(old), to: Lines(new), masking: TextMask())
    }

    init(from old: Lines, to new: Lines, masking mask: TextMask) {
        let blocks = LineAlignment.changes(from: old.keys, to: new.keys)
        self.hunks = HunkBuilder(old: old, new: new, mask: mask).hunks(of: blocks)
    }
}

/// Lines `old` of one text that became lines `new` of another.
struct ChangedBlock: Hashable {
    var old: Range<Int>
    var new: Range<Int>
}

extension Lines {
    /// What lines are compared by: a last line that nothing ends differs from the same one that is ended.
    fileprivate var keys: [Line] {
        guard !isTerminated, let last = contents.last else { return contents }
        return contents.dropLast() + [last + [UInt8(ascii: "\n")]]
    }
}

private struct HunkBuilder {
    let old: Lines
    let new: Lines
    let mask: TextMask

    func hunks(of blocks: [ChangedBlock]) -> [LineDifference.Hunk] {
        var groups: [[ChangedBlock]] = []
        for block in blocks {
            if let last = groups.last?.last, block.old.lowerBound - last.old.upperBound <= 2 * LineDifference.context {
                groups[groups.count - 1].append(block)
            } else {
                groups.append([block])
            }
        }
        return groups.compactMap(hunk)
    }

    private func hunk(of group: [ChangedBlock]) -> LineDifference.Hunk? {
        guard let first = group.first, let last = group.last else { return nil }
        let context = LineDifference.context
        let lead = min(context, first.old.lowerBound)
        var lines: [LineDifference.Line] = []
        var position = first.old.lowerBound - lead
        for block in group {
            lines += (position..<block.old.lowerBound).map { line(.unchanged, $0, of: old) }
            lines += block.old.map { line(.removed, $0, of: old) }
            lines += block.new.map { line(.added, $0, of: new) }
            position = block.old.upperBound
        }
        let end = min(last.old.upperBound + context, old.contents.count)
        lines += (position..<end).map { line(.unchanged, $0, of: old) }
        return LineDifference.Hunk(
            oldStart: first.old.lowerBound - lead,
            newStart: first.new.lowerBound - lead,
            lines: lines
        )
    }

    private func line(_ mark: LineDifference.Mark, _ index: Int, of lines: Lines) -> LineDifference.Line {
        let text = String(decoding: lines.contents[index], as: UTF8.self)
        let lacksNewline = !lines.isTerminated && index == lines.contents.count - 1
        return LineDifference.Line(mark: mark, text: mask.masked(text), lacksNewline: lacksNewline)
    }
}
