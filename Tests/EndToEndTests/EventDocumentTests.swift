import Foundation
import TestInstruments
import NIOHTTP1
import Testing
import ValidatorTools

/// The OpenAPI document of the event functions, held against the running service by a tool of others.
@Suite(.timeLimit(.minutes(20)), .enabled(if: Validators.areExpected, Validators.missing)) struct EventDocumentTests {
    @Test func `the document is sound, and the service does what it says`() async throws {
        try await LocalSystem.running(environment: ["SCHEDULES_PER_USER": "10000"]) { system in
            let document = try await system.request(.GET, "/openapi.json")
            let sound = try await Validators.python("openapi.py", input: document.text)
            #expect(sound.isAccepted, "\(sound.words)")
            let token = try await system.token(for: "ada")
            let rules = try String(
                contentsOfFile: "\(Validators.package)/Tests/Validators/schemathesis.toml",
                encoding: .utf8
            )
            let files = [("schemathesis.toml", rules.replacing("${TOKEN}", with: token))]
            let verdict = try await Validators.withFolder(of: files) { folder in
                try await Validators.tool(
                    "schemathesis",
                    [
                        "--config-file", "schemathesis.toml", "run", "\(system.eventsURL)/openapi.json",
                        "--warnings", "off", "--no-color",
                    ] + (Thoroughness.isFull ? ["--max-examples", "300"] : []),
                    in: folder
                )
            }
            #expect(verdict.isAccepted, "\(verdict.words)")
            #expect(verdict.words.contains("Tested: 1"), "\(verdict.words)")
            #expect(try await system.request(.GET, "/health").status == 200)
        }
    }
}
