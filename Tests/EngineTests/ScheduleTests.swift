import Engine
import TestInstruments
import Testing

struct ScheduleTests {
    typealias Item = Schedule<String>.Item
    typealias Decision = Schedule<String>.Decision

    @Test func `a step starts when the last it waits for has succeeded`() {
        var schedule = Schedule([Item("c", after: ["a", "b"]), Item("a"), Item("b")])
        #expect(Set(schedule.start()) == [.start("a"), .start("b")])
        #expect(schedule.finished("a", succeeded: true) == [])
        #expect(schedule.finished("b", succeeded: true) == [.start("c")])
        #expect(schedule.finished("c", succeeded: true) == [])
        #expect(!schedule.isStuck)
    }

    @Test func `what follows a failure is skipped, and all else goes on`() {
        var schedule = Schedule([
            Item("a"), Item("b", after: ["a"]), Item("c", after: ["b"]), Item("d", after: ["e"]), Item("e"),
        ])
        _ = schedule.start()
        #expect(schedule.finished("a", succeeded: false) == [.skip("b", because: "a"), .skip("c", because: "a")])
        #expect(schedule.finished("e", succeeded: true) == [.start("d")])
        #expect(schedule.finished("d", succeeded: true) == [])
        #expect(!schedule.isStuck)
    }

    @Test func `steps of one lane take turns, the one with the longest chain behind it first`() {
        var schedule = Schedule([
            Item("short", lane: "bus"), Item("long", lane: "bus"), Item("x", after: ["long"]), Item("y", after: ["x"]),
            Item("alone", lane: "vault"),
        ])
        #expect(schedule.start() == [.start("long"), .start("alone")])
        #expect(schedule.finished("alone", succeeded: true) == [])
        #expect(schedule.finished("long", succeeded: true) == [.start("x"), .start("short")])
    }

    @Test func `a failure frees its lane`() {
        var schedule = Schedule([Item("a", lane: "l"), Item("b", lane: "l")])
        #expect(schedule.start() == [.start("a")])
        #expect(schedule.finished("a", succeeded: false) == [.start("b")])
    }

    @Test func `a circle starts nothing and is told`() {
        var schedule = Schedule([Item("a", after: ["b"]), Item("b", after: ["a"])])
        #expect(schedule.start() == [])
        #expect(schedule.isStuck)
    }

    @Test func `what is not scheduled is done already`() {
        var schedule = Schedule([Item("a", after: ["before"])])
        #expect(schedule.start() == [.start("a")])
    }

    @Test func `an end that is told twice, or of a step that never started, changes nothing`() {
        var schedule = Schedule([Item("a"), Item("b", after: ["a"])])
        #expect(schedule.finished("a", succeeded: true) == [])
        _ = schedule.start()
        #expect(schedule.finished("a", succeeded: true) == [.start("b")])
        #expect(schedule.finished("a", succeeded: false) == [])
    }

    @Test(arguments: 0..<200)
    func `in any graph each step is decided once, after all it needs, and no lane has two`(seed: Int) {
        var random = SeededGenerator(seed: seed)
        let count = Int.random(in: 1...120, using: &random)
        let items = (0..<count).map { index in
            Schedule<Int>.Item(
                index,
                after: Set((0..<min(3, index)).map { _ in Int.random(in: 0..<index, using: &random) }),
                lane: Bool.random(using: &random) ? "lane-\(Int.random(in: 0..<4, using: &random))" : nil
            )
        }
        var schedule = Schedule(items.shuffled(using: &random))
        var running: [Int] = []
        var succeeded: Set<Int> = []
        var failed: Set<Int> = []
        var skipped: Set<Int> = []
        func take(_ decisions: [Schedule<Int>.Decision]) {
            for decision in decisions {
                switch decision {
                case .start(let id):
                    #expect(items[id].after.isSubset(of: succeeded))
                    if let lane = items[id].lane { #expect(running.allSatisfy { items[$0].lane != lane }) }
                    #expect(!running.contains(id) && !succeeded.contains(id) && !failed.contains(id))
                    running.append(id)
                case .skip(let id, let culprit):
                    #expect(failed.contains(culprit))
                    #expect(skipped.insert(id).inserted)
                }
            }
        }
        take(schedule.start())
        while !running.isEmpty {
            let id = running.remove(at: Int.random(in: running.indices, using: &random))
            let hasSucceeded = Int.random(in: 0..<10, using: &random) > 0
            if hasSucceeded { succeeded.insert(id) } else { failed.insert(id) }
            take(schedule.finished(id, succeeded: hasSucceeded))
        }
        #expect(succeeded.count + failed.count + skipped.count == count)
        #expect(skipped.allSatisfy { !items[$0].after.isDisjoint(with: failed.union(skipped)) })
        #expect(!schedule.isStuck)
    }
}
