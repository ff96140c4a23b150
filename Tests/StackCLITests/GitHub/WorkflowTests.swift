import Testing
import ValidatorTools

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The workflows of this repository, in the eyes of the tools that know GitHub's rules.
struct WorkflowTests {
    private static let names = ["ci.yml", "deploy.yml", "preview.yml"]

    @Test(.enabled(if: Validators.areExpected, Validators.missing))
    func `GitHub would take the workflows, and the shell their scripts`() async throws {
        let verdict = try await Validators.tool(
            "actionlint",
            ["-shellcheck", ".build/validators/bin/shellcheck"] + Self.names.map { ".github/workflows/\($0)" },
            in: Validators.package
        )
        #expect(verdict.isAccepted, "\(verdict.words)")
        #expect(verdict.words.isEmpty)
    }

    @Test(.enabled(if: Validators.areExpected, Validators.missing))
    func `no workflow or action can be abused`() async throws {
        let verdict = try await Validators.tool(
            "zizmor",
            "--offline",
            "--no-progress",
            "--strict-collection",
            ".github",
            in: Validators.package
        )
        #expect(verdict.isAccepted, "\(verdict.words)")
    }

    private func workflow(_ name: String) throws -> String {
        try String(contentsOfFile: "\(Validators.package)/.github/workflows/\(name)", encoding: .utf8)
    }

    @Test func `pull requests are given no secrets, and what is compiled for them no rights`() throws {
        let preview = try workflow("preview.yml")
        #expect(!preview.contains("secrets."))
        #expect(!preview.contains("pull_request_target"))
        let jobs = preview.split(separator: "\n  azure:\n")
        #expect(jobs.count == 2)
        #expect(!jobs[0].contains(": write"))
        #expect(jobs[0].contains("$/.github/actions/infra") && !jobs[1].contains("actions/checkout"))
    }

    @Test func `a deployment that runs is never cut off, and its secrets reach no compiler`() throws {
        let deploy = try workflow("deploy.yml")
        #expect(deploy.contains("cancel-in-progress: false"))
        let build = try #require(deploy.firstRange(of: "$/.github/actions/infra"))
        let secret = try #require(deploy.firstRange(of: "${{ secrets."))
        let run = try #require(deploy.firstRange(of: "run: '\"$PROGRAM\" up --target azure"))
        #expect(build.upperBound < run.lowerBound && run.upperBound < secret.lowerBound)
    }

    @Test func `there is no workflow that the tools have not seen`() throws {
        let folder = "\(Validators.package)/.github/workflows"
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == Self.names)
    }
}
