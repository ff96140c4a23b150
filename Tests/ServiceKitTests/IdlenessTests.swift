import TestInstruments
import Testing

@testable import ServiceKit

struct IdlenessTests {
    private let limit = Duration.seconds(10)

    @Test func `a server that nobody ever calls leaves after the limit`() {
        let start = ContinuousClock.now
        var idleness = Idleness(since: start)
        let steps = [0, 9, 10].map { idleness.step(at: start + .seconds($0), limit: limit) }
        #expect(steps == [.look(at: start + limit), .look(at: start + limit), .leave])
    }

    @Test func `a connection keeps it for as long as it is open`() {
        let start = ContinuousClock.now
        var idleness = Idleness(since: start)
        idleness.connectionOpened()
        let during = idleness.step(at: start + .seconds(50), limit: limit)
        #expect(during == .look(at: start + .seconds(60)))
        idleness.connectionClosed(at: start + .seconds(55))
        let steps = [60, 65].map { idleness.step(at: start + .seconds($0), limit: limit) }
        #expect(steps == [.look(at: start + .seconds(65)), .leave])
    }

    @Test func `work without a connection keeps it until it has been away for the limit`() {
        let start = ContinuousClock.now
        var idleness = Idleness(since: start)
        let steps = [(10, true), (20, true), (30, false)].map { second, isBusy in
            idleness.step(at: start + .seconds(second), limit: limit, isBusy: isBusy)
        }
        #expect(steps == [.look(at: start + .seconds(20)), .look(at: start + .seconds(30)), .leave])
    }

    /// Looks at every step as told, and in a second loop at every tick: both must leave at the same tick.
    @Test(arguments: 0..<200) func `it leaves at the first moment that is quiet for long enough`(seed: Int) {
        var generator = SeededGenerator(seed: seed)
        let start = ContinuousClock.now
        var idleness = Idleness(since: start)
        var open = 0
        var quietFor = 0
        var look = start + limit
        for tick in 0..<500 {
            let now = start + .seconds(tick)
            if quietFor >= 10, open == 0 {
                #expect(look == now)
                let last = idleness.step(at: now, limit: limit)
                #expect(last == .leave)
                return
            }
            if look == now {
                guard case .look(let next) = idleness.step(at: now, limit: limit) else {
                    Issue.record("it left too early")
                    return
                }
                look = next
            }
            if Int.random(in: 0..<8, using: &generator) == 0 {
                idleness.connectionOpened()
                open += 1
            }
            if open > 0, Int.random(in: 0..<4, using: &generator) == 0 {
                idleness.connectionClosed(at: now)
                open -= 1
                quietFor = 0
            }
            quietFor += 1
        }
    }
}
