import Foundation
import JSONText
import Settings
import SimulatedData
import Testing
import ValidatorTools

/// Holds the simulated data planes against Azure's own clients, azure-data-tables and azure-cosmos.
struct OfficialClientTests {
    @Test(.enabled(if: Validators.areExpected, Validators.missing))
    func `the official clients find what they expect`() async throws {
        try await SimulatedData.run(now: { Date() }) { data in
            let input: JSON = [
                "port": JSON(data.port), "tableKey": .string(data.tableKey.unsafeRevealed),
                "documentKey": .string(data.documentKey.unsafeRevealed),
            ]
            let verdict = try await Validators.python("clients/data_planes.py", input: input.text)
            #expect(verdict.isAccepted, "\(verdict.words)")
        }
    }
}
