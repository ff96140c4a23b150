import AzureSimulator
import Deployment
import Planning
import Rehearsal
import SampleStacks
import StackGraph
import TestInstruments
import Testing

@testable import infra

struct ConvergenceTests {
    @Test(arguments: Lightening.Stage.allCases)
    func `a stage is deployed whole, and then there is nothing to do`(stage: Lightening.Stage) async throws {
        try await SimulatedPlace.withEvents { place in
            let deployer = Deployer(try Lightening.graph(stage), at: place)
            let summary = try await deployer.up()
            #expect(summary.failed == [:])
            #expect(summary.isComplete)
            let writes = await deployer.writeCount
            let survey = try await deployer.survey()
            #expect(survey.plan.steps == [])
            #expect(survey.isSettled)
            let again = try await deployer.up()
            #expect(again.succeeded.isEmpty)
            #expect(await deployer.writeCount == writes)
        }
    }
}
