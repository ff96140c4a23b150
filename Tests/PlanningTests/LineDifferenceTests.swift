import TestInstruments
import Testing

@testable import Planning

struct LineDifferenceTests {
    @Test func `changes that stand close together share their surroundings`() {
        let old = (1...30).map { "line \($0)\n" }
        var new = old
        new[4] = "five\n"
        new[9] = "ten\n"
        new.remove(at: 24)
        let hunks = LineDifference(from: old.joined(), to: new.joined()).hunks
        #expect(hunks.map(\.oldStart) == [1, 21])
        #expect(hunks.map(\.newStart) == [1, 21])
        #expect(hunks.map(\.oldCount) == [12, 7])
        #expect(hunks.map(\.newCount) == [12, 6])
        #expect(
            hunks[1].lines.map { $0.mark.rawValue + $0.text } == [
                " line 22", " line 23", " line 24", "-line 25", " line 26", " line 27", " line 28",
            ]
        )
    }

    static let pairs: [(old: String, new: String)] = [
        ("", ""), ("", "a"), ("a", ""), ("a", "a\n"), ("a\n", "a"), ("a\r\n", "a\n"), ("\n", ""), ("a\n\n", "a\n"),
        ("caf\u{E9}\n", "cafe\u{301}\n"), ("a\nb\nc", "c\nb\na"), ("x\nx\nx\n", "x\nx\n"), ("a\nb", "a\nb\nc"),
    ]

    @Test(arguments: pairs)
    func `every byte counts`(pair: (old: String, new: String)) {
        let difference = LineDifference(from: pair.old, to: pair.new)
        #expect(difference.isEmpty == pair.old.utf8.elementsEqual(pair.new.utf8))
        #expect(patched(pair.old, by: difference).utf8.elementsEqual(pair.new.utf8))
    }

    @Test(arguments: 0..<200)
    func `a difference leads from the old text to the new one`(seed: Int) {
        var generator = SeededGenerator(seed: seed)
        let count = Int.random(in: 0...400, using: &generator)
        let variety = Int.random(in: 1...200, using: &generator)
        let old = (0..<count).map { _ in "line \(Int.random(in: 0...variety, using: &generator))\n" }
        var new = old
        for _ in 0..<Int.random(in: 0...20, using: &generator) {
            let place = Int.random(in: 0...new.count, using: &generator)
            switch Int.random(in: 0...2, using: &generator) {
            case 0: new.insert("new \(Int.random(in: 0...3, using: &generator))\n", at: place)
            case 1: if place < new.count { new.remove(at: place) }
            default: if place < new.count { new.swapAt(place, new.count - 1) }
            }
        }
        let difference = LineDifference(from: old.joined(), to: new.joined())
        #expect(patched(old.joined(), by: difference) == new.joined())
        #expect(difference.removed <= old.count && difference.added <= new.count)
    }

    @Test func `two large texts that share nothing are compared at once`() {
        let old = (0..<200_000).map { "old \($0 % 1000)\n" }.joined()
        let new = (0..<200_000).map { "new \($0 % 1000)\n" }.joined()
        let difference = LineDifference(from: old, to: new)
        #expect(difference.removed == 200_000)
        #expect(difference.added == 200_000)
    }

    /// The new text, from the old one and the hunks.
    private func patched(_ old: String, by difference: LineDifference) -> String {
        let lines = Lines(old)
        func line(_ index: Int) -> String {
            let text = String(decoding: lines.contents[index], as: UTF8.self)
            return !lines.isTerminated && index == lines.contents.count - 1 ? text : text + "\n"
        }
        var text = ""
        var position = 0
        for hunk in difference.hunks {
            text += (position..<hunk.oldStart).map(line).joined()
            for line in hunk.lines where line.mark != .removed { text += line.text + (line.lacksNewline ? "" : "\n") }
            position = hunk.oldStart + hunk.oldCount
        }
        return text + (position..<lines.contents.count).map(line).joined()
    }
}
