import AzureSimulator
import Foundation
import JSONText
import Subprocess
import Synchronization
import Testing

@testable import infra

/// Where a secret goes, and what programs read.
struct AzureSecrecyTests {
    private static let canary = "sk-canary-5d27"
    private static let environment = [
        "AZURE_LOCATION": "westeurope", "OPENAI_API_KEY": "\(canary)-first\n\(canary)-second",
        "JWT_SIGNING_KEY": "\(canary)-jwt", "LOG_LEVEL": "trace",
    ]

    @Test func `a secret goes into the vault and nowhere else`() async throws {
        try await AzureSystem.running(environment: Self.environment) {
            $0.watchedTexts = [Self.canary, AzureSystem.clientSecret]
        } _: { system in
            let summary = system.local.folder.appending(path: "summary.md").path
            let more = ["GITHUB_STEP_SUMMARY": summary, "TMPDIR": system.local.folder.path]
            var said = ""
            for words in [
                ["preview", "--save", "plan.json"], ["preview", "--json"], ["preview", "--output", "markdown"],
                ["up", "--target", "azure", "--plan", "plan.json"], ["status", "--target", "azure"], ["drift"],
                ["outputs", "--target", "azure"],
            ] {
                let result = try await system.local.run("infra", words, with: more)
                #expect(result.code == 0, "\(result.errors)")
                said += result.output + result.errors
            }
            for secret in [Self.canary, AzureSystem.clientSecret] { #expect(!said.contains(secret)) }
            let files = FileManager.default.enumerator(atPath: system.local.folder.path)
            for case let file as String in files ?? .init() {
                #expect(system.file(file)?.contains(Self.canary) != true, "\(file)")
            }
            #expect(system.file("summary.md")?.contains("### Plan") == true)
            for id in await system.identifiers where !id.contains("/vaults/") {
                #expect(await system.simulation.body(of: id)?.text.contains(Self.canary) != true, "\(id)")
            }
            let seen = await system.simulation.journal.entries.filter { $0.watched.contains(Self.canary) }
            let names = seen.map { "\($0.method) \($0.path.split(separator: "/").suffix(2).joined(separator: "/"))" }
            #expect(names.sorted() == ["PUT secrets/JWT-SIGNING-KEY", "PUT secrets/OPENAI-API-KEY"])
            let signedIn = await system.simulation.journal.entries.filter {
                $0.watched.contains(AzureSystem.clientSecret)
            }
            #expect(signedIn.allSatisfy { $0.path.hasSuffix("/oauth2/v2.0/token") })
        }
    }

    @Test func `the words of the process do not show a secret`() async throws {
        try await AzureSystem.running(environment: Self.environment) { system in
            let words = Mutex("")
            _ = try await system.infra(["up", "--target", "azure", "--code", "keep", "--yes"]) { process in
                try await system.untilWritten(4)
                let line = try String(contentsOfFile: "/proc/\(process.value)/cmdline", encoding: .utf8)
                words.withLock { $0 = line }
            }
            #expect(words.withLock { $0 }.contains("up"))
            #expect(!words.withLock { $0 }.contains(Self.canary))
        }
    }

    @Test func `programs read one JSON object a line, and workflows are told what to hide first`() async throws {
        let workflow = ["GITHUB_ACTIONS": "true", "CI": "true"]
        try await AzureSystem.running(environment: AzureSystem.ready.merging(workflow) { $1 }) {
            $0.quotas = ["Microsoft.App/managedEnvironments": 0]
        } _: { system in
            let failed = try await system.up("--output", "json", code: 1)
            let events = try failed.output.split(separator: "\n").map { try JSON(parsing: String($0)) }
            let kinds = Set(events.compactMap { $0["event"]?.string })
            #expect(kinds == ["started", "succeeded", "failed", "skipped", "output"])
            #expect(failed.errors.hasPrefix("::add-mask::sk-test\n"))
            let problem = events.first { $0["event"]?.string == "failed" }?["problem"]
            #expect(problem?["remedy"]?.string?.contains("Quotas") == true)
            let again = try await system.up("--output", "auto", code: 1)
            #expect(again.output.hasPrefix("::add-mask::sk-test\n"))
            #expect(!again.output.contains("\u{1B}"))
        }
    }

    @Test func `a summary tells why nothing was even begun`() async throws {
        let wrong = ["AZURE_CLIENT_SECRET": "wrong-77"]
        try await AzureSystem.running(environment: AzureSystem.ready.merging(wrong) { $1 }) { system in
            let summary = system.local.folder.appending(path: "summary.md").path
            try await system.infra("preview", code: 78, with: ["GITHUB_STEP_SUMMARY": summary])
            try await system.up(code: 78, with: ["GITHUB_STEP_SUMMARY": summary])
            let text = try #require(system.file("summary.md"))
            #expect(text.split(separator: "### lightening-dev: failed").count == 2, "\(text)")
            #expect(text.contains("AADSTS7000215"))
            #expect(!text.contains("wrong-77"))
        }
    }

    @Test(arguments: Lightening.Stage.allCases)
    func `a stage is rehearsed, whatever goes wrong meanwhile`(stage: Lightening.Stage) async throws {
        let system = try LocalSystem()
        let result = try await system.run(
            "infra",
            ["rehearse", "--stage", stage.rawValue, "--speed", "50", "--faults", "4", "--output", "json"]
        )
        #expect(result.code == 0, "\(result.errors)")
        #expect(result.errors.contains("Rehearsal passed"))
        for line in result.output.split(separator: "\n") { _ = try JSON(parsing: String(line)) }
        let wrong = try await system.run("infra", ["rehearse", "--speed", "0"])
        #expect(wrong.code == 64)
        try FileManager.default.removeItem(at: system.folder)
    }
}
