import Testing
import ValidatorTools

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The Dockerfiles of the services, for those who build images with Docker.
struct DockerfileTests {
    private static let services = ["ChatAPI", "EventFunctions"]

    @Test(.enabled(if: Validators.areExpected, Validators.missing), arguments: services)
    func `a linter finds nothing`(service: String) async throws {
        let verdict = try await Validators.tool(
            "hadolint",
            "services/\(service)/Dockerfile",
            in: Validators.package
        )
        #expect(verdict.isAccepted, "\(verdict.words)")
    }

    @Test(arguments: services)
    func `an image is one program that nobody special runs, as in the Compose project`(service: String) throws {
        let text = try String(contentsOfFile: "\(Validators.package)/services/\(service)/Dockerfile", encoding: .utf8)
        let lines = text.split(separator: "\n").map(String.init)
        #expect(lines.filter { $0.hasPrefix("FROM ") } == ["FROM swift:6.3.1-bookworm AS build", "FROM scratch"])
        #expect(lines.contains("USER 10001:10001"))
        #expect(lines.last == "ENTRYPOINT [\"/app/\(service)\"]")
    }
}
