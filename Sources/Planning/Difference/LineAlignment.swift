/// Finds which lines of two texts are the same lines.
///
/// Lines that stand once in either text hold the two together, as in Bram Cohen's patience diff; the few lines between
/// them are compared one by one. That takes little more than linear time, and people find its answers natural.
struct LineAlignment {
    typealias Line = Lines.Line

    /// Between anchors, larger stretches than this are taken as rewritten.
    private static let gapLimit = 400

    private let old: [Line]
    private let new: [Line]
    private var blocks: [ChangedBlock] = []

    static func changes(from old: [Line], to new: [Line]) -> [ChangedBlock] {
        var alignment = LineAlignment(old: old, new: new)
        alignment.align(old.indices, new.indices)
        return alignment.blocks
    }

    private init(old: [Line], new: [Line]) {
        self.old = old
        self.new = new
    }

    private mutating func align(_ oldRange: Range<Int>, _ newRange: Range<Int>) {
        // A stack of our own, because texts can have more anchors than a thread has stack.
        var pending = [(oldRange, newRange)]
        while let (oldRange, newRange) = pending.popLast() {
            let (old, new) = trimmed(oldRange, newRange)
            if old.isEmpty || new.isEmpty {
                add(old, new)
                continue
            }
            let anchors = anchors(old, new)
            if anchors.isEmpty {
                compareLines(old, new)
            } else {
                pending += gaps(between: anchors, old, new).reversed()
            }
        }
    }

    /// The ranges without the lines that both begin or end with.
    private func trimmed(_ oldRange: Range<Int>, _ newRange: Range<Int>) -> (Range<Int>, Range<Int>) {
        var (start, newStart) = (oldRange.lowerBound, newRange.lowerBound)
        while start < oldRange.upperBound, newStart < newRange.upperBound, old[start] == new[newStart] {
            start += 1
            newStart += 1
        }
        var (end, newEnd) = (oldRange.upperBound, newRange.upperBound)
        while end > start, newEnd > newStart, old[end - 1] == new[newEnd - 1] {
            end -= 1
            newEnd -= 1
        }
        return (start..<end, newStart..<newEnd)
    }

    private mutating func add(_ old: Range<Int>, _ new: Range<Int>) {
        guard !old.isEmpty || !new.isEmpty else { return }
        if let last = blocks.last, last.old.upperBound == old.lowerBound, last.new.upperBound == new.lowerBound {
            blocks[blocks.count - 1].old = last.old.lowerBound..<old.upperBound
            blocks[blocks.count - 1].new = last.new.lowerBound..<new.upperBound
        } else {
            blocks.append(ChangedBlock(old: old, new: new))
        }
    }

    // MARK: Anchors

    /// The longest row of lines that stand once in both ranges, and in the same order.
    private func anchors(_ oldRange: Range<Int>, _ newRange: Range<Int>) -> [(old: Int, new: Int)] {
        let oldPlaces = singles(of: old, oldRange)
        let newPlaces = singles(of: new, newRange)
        let pairs = oldRange.compactMap { index -> (old: Int, new: Int)? in
            guard oldPlaces[old[index]] == .some(index), let place = newPlaces[old[index]] ?? nil else { return nil }
            return (index, place)
        }
        return longestIncrease(pairs)
    }

    /// The place of each line, or `nil` inside where it stands more than once.
    private func singles(of lines: [Line], _ range: Range<Int>) -> [Line: Int?] {
        range.reduce(into: [:]) { places, index in
            places.updateValue(places[lines[index]] == nil ? index : nil, forKey: lines[index])
        }
    }

    /// Patience sorting: piles whose tops grow, and the way back from the last of them.
    private func longestIncrease(_ pairs: [(old: Int, new: Int)]) -> [(old: Int, new: Int)] {
        var tops: [Int] = []
        var previous: [Int?] = []
        for (index, pair) in pairs.enumerated() {
            var range = 0..<tops.count
            while !range.isEmpty {
                let middle = range.lowerBound + range.count / 2
                range = pairs[tops[middle]].new < pair.new ? middle + 1..<range.upperBound : range.lowerBound..<middle
            }
            previous.append(range.lowerBound > 0 ? tops[range.lowerBound - 1] : nil)
            if range.lowerBound == tops.count { tops.append(index) } else { tops[range.lowerBound] = index }
        }
        var row: [(old: Int, new: Int)] = []
        var next = tops.last
        while let index = next {
            row.append(pairs[index])
            next = previous[index]
        }
        return row.reversed()
    }

    private func gaps(
        between anchors: [(old: Int, new: Int)],
        _ oldRange: Range<Int>,
        _ newRange: Range<Int>
    ) -> [(Range<Int>, Range<Int>)] {
        var gaps: [(Range<Int>, Range<Int>)] = []
        var start = (old: oldRange.lowerBound, new: newRange.lowerBound)
        for anchor in anchors {
            gaps.append((start.old..<anchor.old, start.new..<anchor.new))
            start = (anchor.old + 1, anchor.new + 1)
        }
        return gaps + [(start.old..<oldRange.upperBound, start.new..<newRange.upperBound)]
    }

    // MARK: Line by line

    private mutating func compareLines(_ oldRange: Range<Int>, _ newRange: Range<Int>) {
        guard oldRange.count + newRange.count <= Self.gapLimit else { return add(oldRange, newRange) }
        let difference = new[newRange].difference(from: old[oldRange])
        var removed = Set<Int>()
        var inserted = Set<Int>()
        for change in difference {
            switch change {
            case .remove(let offset, _, _): removed.insert(oldRange.lowerBound + offset)
            case .insert(let offset, _, _): inserted.insert(newRange.lowerBound + offset)
            }
        }
        var (index, newIndex) = (oldRange.lowerBound, newRange.lowerBound)
        while index < oldRange.upperBound || newIndex < newRange.upperBound {
            let (start, newStart) = (index, newIndex)
            while removed.contains(index) { index += 1 }
            while inserted.contains(newIndex) { newIndex += 1 }
            add(start..<index, newStart..<newIndex)
            if index < oldRange.upperBound { index += 1 }
            if newIndex < newRange.upperBound { newIndex += 1 }
        }
    }
}
