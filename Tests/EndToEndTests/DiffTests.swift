import Foundation
import JSONText
import Subprocess
import SystemPackage
import Testing

struct DiffTests {
    @Test func `the exit code says whether the files are what the code says`() async throws {
        let system = try LocalSystem()
        defer { try? FileManager.default.removeItem(at: system.folder) }
        try await check(system, ["diff", "--detailed-exitcode"], code: 2, says: "the old side has none of it")
        try await check(system, ["diff"], code: 0, says: "the old side has none of it")
        try await check(system, ["render"], code: 0, says: "wrote")
        try await check(system, ["diff", "--detailed-exitcode"], code: 0, says: "Nothing is different")
        try edit(system, "8000", to: "9999")
        try await check(system, ["diff", "--detailed-exitcode", "bicep"], code: 2, says: "9999 → 8000")
        try await check(system, ["diff", "--detailed-exitcode", "arm"], code: 0, says: "Nothing is different")
        try await check(system, ["diff", "--text", "bicep"], code: 0, says: "--- a/bicep/main.bicep\n")
        try await check(system, ["diff", "--output", "markdown"], code: 0, says: "### 0 removed, 0 added, 1 changed")
        try await check(system, ["diff", "--against", "HEAD"], code: 1, says: "no git repository")
        try await check(
            system,
            ["diff", "--against", "HEAD", "--against-stage", "dev"],
            code: 64,
            says: "Leave one out"
        )
        try await check(system, ["diff", "--against-stage", "nothing"], code: 64, says: "There is no stage 'nothing'")
        try await check(system, ["diff", "--json", "--text"], code: 64, says: "Choose one")
        try await check(system, ["diff", "nothing"], code: 64, says: "'nothing'")
    }

    @Test func `a commit and another stage are compared with what the code says`() async throws {
        let system = try LocalSystem()
        defer { try? FileManager.default.removeItem(at: system.folder) }
        try await check(system, ["render"], code: 0, says: "wrote")
        try edit(system, "8000", to: "9999")
        for words in [
            ["init", "--quiet"], ["add", "--all"],
            ["-c", "user.name=A", "-c", "user.email=a@example.com", "commit", "--quiet", "--message=One"],
        ] {
            try await git(words, in: system.folder.path)
        }
        try await check(system, ["render"], code: 0, says: "wrote")
        try await check(system, ["diff", "--detailed-exitcode"], code: 0, says: "Nothing is different")
        try await check(system, ["diff", "--against", "HEAD", "--detailed-exitcode"], code: 2, says: "9999 → 8000")
        try await check(system, ["diff", "--against", "nothing"], code: 1, says: "git knows no commit 'nothing'")

        let stages = try await system.infra(
            "diff",
            "bicep",
            "--stage",
            "production",
            "--against-stage",
            "dev",
            "--json"
        )
        let document = try JSON(parsing: stages.output)
        let things = document["files"]?.array?.first?["things"]?.array ?? []
        let added = things.filter { $0["change"] == "added" }.compactMap { $0["name"]?.string }
        #expect(added.contains("cache"))
        #expect(!stages.output.contains("lightening-dev\""))
    }

    @Test func `a secret somebody wrote into the files is not shown`() async throws {
        let system = try LocalSystem()
        defer { try? FileManager.default.removeItem(at: system.folder) }
        try await check(system, ["render", "bicep"], code: 0, says: "wrote")
        let path = system.folder.appending(path: "infra/rendered/dev/bicep/main.bicep")
        let text = try String(contentsOf: path, encoding: .utf8)
        let canary = "sk-canary-of-a-diff"
        try (text + "\n@secure()\nparam canary string = '\(canary)'\n").write(
            to: path,
            atomically: true,
            encoding: .utf8
        )
        for words in [[], ["--text"], ["--json"], ["--output", "markdown"]] {
            let result = try await system.infra(["diff", "bicep"] + words)
            #expect(result.code == 0)
            #expect(result.output.contains("canary"))
            #expect(!(result.output + result.errors).contains(canary))
        }
    }

    @Test func `the cost of both stages can be told`() async throws {
        let system = try LocalSystem()
        defer { try? FileManager.default.removeItem(at: system.folder) }
        try await check(system, ["cost"], code: 0, says: "lightening-dev: about $")
        try await check(system, ["cost", "--stage", "production", "--json"], code: 0, says: "\"currency\":\"USD\"")
        try await check(system, ["cost", "--requests=-1"], code: 64, says: "--requests must be")
        try await check(system, ["cost", "--requests=nan"], code: 64, says: "--requests must be")
    }

    private func check(_ system: LocalSystem, _ words: [String], code: Int32, says text: String) async throws {
        let result = try await system.infra(words)
        #expect(result.code == code, "\(words): \(result.errors)")
        #expect((result.output + result.errors).contains(text), "\(words): \(result.output.prefix(2000))")
    }

    private func edit(_ system: LocalSystem, _ old: String, to new: String) throws {
        let path = system.folder.appending(path: "infra/rendered/dev/bicep/main.bicep")
        let text = try String(contentsOf: path, encoding: .utf8)
        try #require(text.contains(old))
        try text.replacing(old, with: new).write(to: path, atomically: true, encoding: .utf8)
    }

    private func git(_ words: [String], in folder: String) async throws {
        let result = try await Subprocess.run(
            .name("git"),
            arguments: Arguments(words),
            workingDirectory: FilePath(folder),
            output: .discarded,
            error: .string(limit: 1 << 16)
        )
        try #require(result.terminationStatus == .exited(0), "\(result.standardError)")
    }
}
