import AzureSimulator
import Deployment
import JSONText
import Planning
import Rehearsal
import StackGraph
import TestInstruments
import Testing

@testable import infra

/// Deployments that end before their end, by the death of the process or by somebody's wish.
struct InterruptionTests {
    /// Two hundred deaths in a thorough run; some of them always.
    private static let deathCount = Thoroughness.isFull ? 200 : 12

    @Test(.serialized, arguments: Array(stride(from: 0, to: InterruptionTests.deathCount, by: 4)))
    func `who dies at any moment is finished by the next, and nothing is left over`(first: Int) async throws {
        try await withThrowingDiscardingTaskGroup { group in
            for seed in first..<first + 4 { group.addTask { try await die(seed) } }
        }
    }

    private func die(_ seed: Int) async throws {
        var generator = SeededGenerator(seed: seed)
        // Whoever finishes has another program by then, which does not know of all that was begun.
        let stages: (Lightening.Stage, Lightening.Stage) =
            seed.isMultiple(of: 2) ? (.production, .dev) : (.dev, .production)
        try await SimulatedPlace.withEvents { place in
            let victim = Deployer(try Lightening.graph(stages.0, named: "stack"), at: place)
            let deployer = Deployer(try Lightening.graph(stages.1, named: "stack"), at: place)
            // A whole deployment takes some two hundred requests.
            for _ in 0..<2 {
                await place.simulation.cutOff(after: Int.random(in: 1...200, using: &generator))
                await withTaskGroup(of: Void.self) { group in
                    group.addTask {
                        _ = try? await victim.up()
                        // Nobody was cut off where there was little left to do.
                        await place.simulation.connectAgain()
                    }
                    group.addTask { await place.simulation.untilCutOff() }
                    await group.next()
                    group.cancelAll()
                }
                await place.simulation.connectAgain()
            }
            let summary = try await deployer.up()
            #expect(summary.failed == [:], "seed \(seed)")
            let survey = try await deployer.survey()
            #expect(survey.isSettled, "seed \(seed)")
            // Whatever was ever made is in the ledger, so that nothing stays when all of it goes.
            try await deployer.down()
            #expect(await place.simulation.identifiers == [], "seed \(seed)")
            let creations = await place.simulation.journal.creations
            #expect(creations.filter { $0.value > 1 } == [:], "seed \(seed)")
        }
    }
}
