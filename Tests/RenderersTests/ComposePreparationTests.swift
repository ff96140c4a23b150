import Foundation
import Renderers
import SampleStacks
import StackGraph
import StackModel
import Testing
import ValidatorTools

@testable import infra

/// The script that prepares a folder for `docker compose up`, run by a real shell.
struct ComposePreparationTests {
    @Test func `what is missing is made, and belongs to its owner alone`() async throws {
        try await prepared { folder in
            #expect(try text("\(folder)/.env") == text("\(folder)/.env.example"))
            #expect(try mode("\(folder)/.env") == 0o600)
            #expect(try mode("\(folder)/secrets") == 0o700)
            let names = try FileManager.default.contentsOfDirectory(atPath: "\(folder)/secrets")
            #expect(
                Set(names) == [
                    "AZURE_OPENAI_API_KEY", "EVENTS_SIGNING_KEY", "JWT_SIGNING_KEY", "NOTIFY_SIGNING_KEY",
                    "OPENAI_API_KEY", "SERVICEBUS_CONNECTION", "SERVICEBUS_EMULATOR_KEY",
                ]
            )
            // The folder is closed, but the user of the containers must be able to read the file that is mounted.
            for name in names { #expect(try mode("\(folder)/secrets/\(name)") == 0o644) }
            let signing = try text("\(folder)/secrets/JWT_SIGNING_KEY")
            let key = try text("\(folder)/secrets/SERVICEBUS_EMULATOR_KEY")
            #expect(signing.wholeMatch(of: /[0-9a-f]{64}/) != nil && key.wholeMatch(of: /[0-9a-f]{64}/) != nil)
            #expect(signing != key)
            #expect(try text("\(folder)/secrets/OPENAI_API_KEY").isEmpty)
            #expect(
                try text("\(folder)/secrets/SERVICEBUS_CONNECTION")
                    == "Endpoint=sb://broker:5300;SharedAccessKeyName=RootManageSharedAccessKey;"
                    + "SharedAccessKey=\(key);UseDevelopmentEmulator=true"
            )
        }
    }

    @Test func `what is there stays as it is`() async throws {
        try await prepared { folder in
            let paths = [".env", "secrets/JWT_SIGNING_KEY", "secrets/OPENAI_API_KEY", "secrets/SERVICEBUS_CONNECTION"]
            for path in paths { try write("mine: \(path)", to: "\(folder)/\(path)") }
            let verdict = try await prepare(folder, ["JWT_SIGNING_KEY=other", "OPENAI_API_KEY=other"])
            #expect(verdict.isAccepted && verdict.words.isEmpty)
            for path in paths { #expect(try text("\(folder)/\(path)") == "mine: \(path)") }
        }
    }

    @Test func `an .env that leads nowhere is left alone`() async throws {
        try await rendered { folder in
            try FileManager.default.createSymbolicLink(atPath: "\(folder)/.env", withDestinationPath: "elsewhere")
            let verdict = try await prepare(folder)
            #expect(verdict.isAccepted)
            #expect(!FileManager.default.fileExists(atPath: "\(folder)/elsewhere"))
        }
    }

    @Test(arguments: ["sk-1", "a b", "$(touch hacked)", "`touch hacked`", "a'b\"c", "%s\\n", "größe\n🙂", "-n"])
    func `the environment gives secrets, whatever they hold`(value: String) async throws {
        try await rendered { folder in
            let verdict = try await prepare(folder, ["OPENAI_API_KEY=\(value)", "SERVICEBUS_CONNECTION=\(value)"])
            #expect(verdict.isAccepted && verdict.words.isEmpty)
            #expect(try text("\(folder)/secrets/OPENAI_API_KEY") == value)
            #expect(try text("\(folder)/secrets/SERVICEBUS_CONNECTION") == value)
            #expect(!FileManager.default.fileExists(atPath: "\(folder)/hacked"))
        }
    }

    @Test func `a required secret that only a person knows is asked for, until it is there`() async throws {
        let sample = ComposeSample(name: "small", graph: try SampleStacks.small())
        try await rendered(sample) { folder in
            let refusal = try await prepare(folder)
            #expect(!refusal.isAccepted)
            #expect(refusal.words == "secrets/API_KEY is empty, and needed by api. Write the value into it.\n")
            let verdict = try await prepare(folder, ["API_KEY=k"])
            #expect(verdict.isAccepted && verdict.words.isEmpty)
            let again = try await prepare(folder)
            #expect(again.isAccepted)
        }
    }

    @Test(
        .enabled(if: Validators.areExpected, Validators.missing),
        arguments: ComposeSamples.given + ComposeSamples.all.suffix(5)
    )
    func `shellcheck has nothing to say, and a shell can run it`(sample: ComposeSample) async throws {
        try await rendered(sample) { folder in
            let verdict = try await Validators.tool("shellcheck", "prepare.sh", in: folder)
            #expect(verdict.isAccepted, "\(verdict.words)")
            let run = try await prepare(folder)
            #expect(run.words.isEmpty || run.words.contains("needed by"))
        }
        let script = ComposeRenderer().render(sample.graph).files.first { $0.path == "prepare.sh" }
        #expect(script?.isExecutable == true)
    }

    @Test func `what must not be committed is ignored`() throws {
        #expect(try ComposeRenderer().render(Graph(name: "g", nodes: [])).file(".gitignore") == ".env\nsecrets/\n")
    }

    // MARK: Files

    private func rendered(_ sample: ComposeSample? = nil, _ body: (String) async throws -> Void) async throws {
        let graph = try sample?.graph ?? Lightening(stage: .dev).stack.lowered()
        let files = ComposeRenderer().render(graph).files.map { (path: $0.path, contents: $0.contents) }
        try await Validators.withFolder(of: files, body)
    }

    private func prepared(_ body: (String) async throws -> Void) async throws {
        try await rendered { folder in
            let verdict = try await prepare(folder)
            #expect(verdict.isAccepted && verdict.words.isEmpty, "\(verdict.words)")
            try await body(folder)
        }
    }

    /// Runs the script from elsewhere, as people do.
    private func prepare(_ folder: String, _ variables: [String] = []) async throws -> Validators.Verdict {
        try await Validators.tool(
            "env",
            ["-i", "PATH=/usr/bin:/bin"] + variables + ["sh", "\(folder)/prepare.sh"],
            in: "/"
        )
    }

    private func text(_ path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

    private func write(_ text: String, to path: String) throws {
        try Data(text.utf8).write(to: URL(filePath: path))
    }

    private func mode(_ path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }
}
