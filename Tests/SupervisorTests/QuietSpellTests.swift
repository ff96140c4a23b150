import Testing

@testable import Supervisor

struct QuietSpellTests {
    private let start = ContinuousClock.now

    @Test func `a spell is over once every look has been quiet for the limit`() {
        var spell = QuietSpell(limit: .seconds(10))
        let looks = stride(from: 0, through: 12, by: 2).map {
            spell.isOver(isQuiet: true, at: start + .seconds($0))
        }
        #expect(looks == [false, false, false, false, false, true, true])
    }

    @Test func `whatever happens begins it anew`() {
        var spell = QuietSpell(limit: .seconds(10))
        let looks = [(0, true), (9, false), (11, true), (20, true), (21, true)].map { second, isQuiet in
            spell.isOver(isQuiet: isQuiet, at: start + .seconds(second))
        }
        #expect(looks == [false, false, false, false, true])
    }
}
