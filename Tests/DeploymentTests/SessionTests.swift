import AzureSimulator
import Deployment
import Planning
import Rehearsal
import Testing

struct SessionTests {
    @Test func `somebody with one subscription need not name it`() async throws {
        try await SimulatedPlace.withEvents { place in
            try await place.withSession { session in
                #expect(session.scope.subscription == place.configuration.subscription)
                #expect(session.scope.tenant == place.configuration.tenant)
                #expect(session.scope.location == "westeurope")
                #expect(!session.isDeployed)
            }
        }
    }
}
