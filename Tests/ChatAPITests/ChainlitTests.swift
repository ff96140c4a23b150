import Subprocess
import SystemPackage
import Testing
import ValidatorTools

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The Chainlit example, before an event API and a broker that really run.
@Suite(.timeLimit(.minutes(5)))
struct ChainlitTests {
    private static let python = "\(Validators.package)/.build/chainlit/bin/python"
    private static var isExpected: Bool { Validators.isCI || FileManager.default.isExecutableFile(atPath: python) }

    @Test(.enabled(if: isExpected, "Chainlit is not installed; run scripts/validators.sh"))
    func `a question travels as an event, and its answer arrives in the window`() async throws {
        let run = try await Subprocess.run(
            .path(FilePath(Self.python)),
            arguments: ["\(Validators.package)/examples/chainlit/check.py"],
            output: .string(limit: 1 << 20),
            error: .string(limit: 1 << 20)
        )
        #expect(run.terminationStatus.isSuccess, "\(run.standardOutput)\(run.standardError)")
    }
}
