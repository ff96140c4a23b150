import AzureSimulator
import Deployment
import Planning
import Rehearsal
import StackGraph
import TestInstruments
import Testing

@testable import infra

/// Deployments on days on which everything goes wrong that passes by itself.
struct FaultyDayTests {
    /// Some days at a time: many wait at the same time, and few work.
    @Test(.serialized, arguments: Array(stride(from: 0, to: FaultyDayTests.dayCount, by: 4)))
    func `whatever the day, the stack is there at its end and then there is nothing to do`(first: Int) async throws {
        try await withThrowingDiscardingTaskGroup { group in
            for day in first..<first + 4 {
                let stage = day.isMultiple(of: 2) ? Lightening.Stage.dev : .production
                group.addTask { try await deploy(stage, on: UInt64(day)) }
            }
        }
    }

    /// Two hundred in a thorough run; some of them always.
    private static let dayCount = Thoroughness.isFull ? 200 : 12

    private func deploy(_ stage: Lightening.Stage, on day: UInt64) async throws {
        try await SimulatedPlace.withEvents { configuration in
            configuration.seed = day
            configuration.faults = .day(day)
            if day.isMultiple(of: 3) { configuration.unregisteredProviders = ["Microsoft.App", "Microsoft.Web"] }
        } _: { place in
            let deployer = Deployer(try Lightening.graph(stage), at: place)
            let summary = try await deployer.up()
            #expect(summary.failed == [:], "day \(day)")
            // What is fresh is not seen everywhere at once.
            try await place.time.clock.sleep(for: .seconds(60))
            let writes = await deployer.writeCount
            let survey = try await deployer.survey()
            #expect(survey.plan.steps == [], "day \(day)")
            try await deployer.up()
            #expect(await deployer.writeCount == writes, "day \(day)")
        }
    }
}
