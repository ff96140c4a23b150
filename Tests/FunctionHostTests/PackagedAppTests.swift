import Foundation
import FunctionsHostSimulator
import Testing
import ValidatorTools

/// The package of the function app below a host that starts its program, as it is published.
@Suite(.timeLimit(.minutes(40)))
struct PackagedAppTests {
    private static var hasTools: Bool {
        Validators.isCI || FileManager.default.isExecutableFile(atPath: "/usr/bin/unzip")
    }

    @Test(
        .enabled(if: ReleaseProgram.isExpected("EventFunctions"), ReleaseProgram.missing),
        .enabled(if: hasTools, "unzip is missing")
    )
    func `the static program works from its package, and is started again after a crash`() async throws {
        let program = try await ReleaseProgram.path(of: "EventFunctions")
        try await Validators.withFolder(of: [("readme", "")]) { folder in
            let script = """
                '\(UserManager.products)/infra' package build functions --binary '\(program)' --output functions.zip
                unzip -q functions.zip -d app
                """
            let built = try await Validators.tool("bash", "-ec", script, in: folder)
            try #require(built.isAccepted, "\(built.words)")
            print("package of EventFunctions: \(built.words)")
            try await EventFunctionsTests.works("\(folder)/app", .asCoded)
        }
    }
}
