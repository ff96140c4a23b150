import ArgumentParser
import StackModel
import Testing

@testable import StackCLI

struct CommandTests {
    @Test(arguments: ["up", "status", "logs", "outputs", "graph", "render", "diff", "cost", "doctor"])
    func `a stage that is not there is a wrong usage, and the answer names those that are`(command: String) throws {
        let error = #expect(throws: (any Error).self) {
            try Infra<Sample>.parseAsRoot([command, "--stage", "prodution"])
        }
        let found = try #require(error)
        #expect(Infra<Sample>.exitCode(for: found) == ExitCode(64))
        #expect(
            Infra<Sample>.message(for: found) == "There is no stage 'prodution'. The stages are: dev, production."
        )
    }

    @Test func `a stage is the first unless another is named`() throws {
        #expect(try StageOptions<Sample>.parse([]).stack().name == "sample-dev")
        #expect(try StageOptions<Sample>.parse(["--stage", "production"]).stack().name == "sample-production")
    }

    @Test(arguments: [
        ["up", "--port-offset", "-1"], ["up", "--port-offset", "50001"],
        ["up", "--lock-timeout", "-1"],
        ["up", "--target", "moon"], ["preview", "--json", "--output", "human"], ["rehearse", "--speed", "0.5"],
        ["rollback", "first"], ["down", "--deleted-names", "keep"], ["logs", "--lines", "-1"], ["emulator"],
        ["emulator", "--queue", "q", "--port", "65536"], ["emulator", "--queue", "q,lock=x"],
        ["emulator", "--queue", "q", "--queue", "Q"], ["emulator", "--queue", "q,lock=301"],
        ["emulator", "--topic", "t", "--subscription", "t"], ["emulator", "--topic", "t", "--subscription", "u/s"],
        ["emulator", "--topic", "t", "--subscription", "t/s,filter=sys.Label ="],
        ["emulator", "--queue", "q", "--key", "k"], ["emulator", "--queue", "q", "--rights", "n=send"],
        ["emulator", "--queue", "q", "--key", "k=1", "--key", "k=2"],
        ["emulator", "--queue", "q", "--key", "k=1", "--rights", "k=all"], ["token"], ["token", "--user", ""],
        ["token", "--user", "ada", "--lifetime", "0"], ["graph", "--format", "png"], ["render", "--check", "--stdout"],
        ["render", "word"], ["diff", "word"], ["diff", "--output", "word"], ["diff", "--json", "--text"],
        ["diff", "--against", "a", "--against-stage", "dev"], ["cost", "--requests", "-1"],
        ["cost", "--output", "text"],
        ["cost", "--json", "--output", "json"], ["outputs", "--target", "local"], ["status", "--target", "moon"],
        ["secrets", "set"], ["queue", "peek"], ["queue", "peek", "jobs", "--limit", "0"],
        ["queue", "dead-letters", "jobs", "--limit", "501"], ["queue", "resubmit", "jobs"],
        ["queue", "resubmit", "jobs", "--all", "--id", "a"], ["queue", "resubmit", "jobs", "--all", "--limit", "0"],
        ["queue", "purge"], ["queue", "drain"], ["nothing"], ["up", "--nothing"],
        ["pipeline", "init"], ["pipeline", "init", "--repository", "ada"],
        ["pipeline", "init", "--repository", "a/b", "--branch", "c", "--pull-requests"],
        ["pipeline", "init", "--repository", "a/b", "--branch", ""],
        ["pipeline", "comment", "a.md"], ["pipeline", "comment", "--pull-request", "1"],
        ["pipeline", "comment", "a.md", "--pull-request", "0"],
        ["pipeline", "comment", "a.md", "--pull-request", "1", "--name", "a--b"],
        ["init"], ["init", "--slipway-path", "a", "--slipway-url", "b"], ["init", "--slipway-url", "b"],
        ["init", "--slipway-path", "a", "--slipway-version", "1.2.3"],
        ["init", "--slipway-url", "b", "--slipway-version", "main"],
        ["package", "build", "functions"], ["package", "publish", "functions", "--package", "p", "--binary", "b"],
        ["package", "build", "functions", "-o", "o", "--binary", "b", "--swift-sdk", "s"],
    ])
    func `a wrong usage is refused before anything happens`(words: [String]) throws {
        let error = #expect(throws: (any Error).self) { try Infra<Sample>.parseAsRoot(words) }
        #expect(Infra<Sample>.exitCode(for: try #require(error)) == ExitCode(64))
    }

    struct Row: Sendable, CustomTestStringConvertible {
        let command: String
        /// What its help lists, beside `--help` and `--version`.
        let options: Set<String>
        /// Words that use all of it.
        let words: [String]
        var path: [String] { command.split(separator: " ").map(String.init) }
        var testDescription: String { command }
    }

    /// Where a command works.
    static let place: Set = ["--target", "--stage", "--subscription", "--resource-group", "--location"]

    static let azure = place.subtracting(["--target"])
    /// How a change in Azure is approved, carried out and shown.
    static let change: Set = ["--yes", "--output", "--lock-timeout", "--deleted-names"]

    /// How messages are looked at.
    static let look: Set = ["--limit", "--body", "--json", "--last-delivery", "--color", "--no-color"]

    static let rows = [
        Row(
            command: "up",
            options: place.union(change).union([
                "--color", "--no-color", "--detach", "--port-offset", "--scale-to-zero", "--plan", "--only",
                "--user", "--bin", "--code",
            ]),
            words: [
                "--code", "keep", "--stage", "dev", "--no-color", "--color", "--detach", "--port-offset", "1",
                "--scale-to-zero",
                "--target", "systemd", "--user", "--bin", "b",
            ]
                + ["--yes", "--output", "json", "--lock-timeout", "0", "--deleted-names", "purge", "--plan", "p"]
                + ["--only", "chat", "--only", "vault"]
        ),
        Row(
            command: "preview",
            options: azure.union([
                "--output", "--json", "--detailed-exitcode", "--save", "--only", "--color", "--no-color", "--code",
            ]),
            words: [
                "--code", "build", "--stage", "production", "--json", "--detailed-exitcode", "--save", "p", "--only",
                "chat",
            ]
        ),
        Row(
            command: "down",
            options: place.union(change).union(["--purge", "--color", "--no-color", "--user"]),
            words: ["--target", "azure", "--stage", "dev", "-y", "--purge", "--output", "plain"]
        ),
        Row(
            command: "status",
            options: place.union(["--color", "--no-color", "--json", "--user"]),
            words: ["--color", "--no-color", "--json", "--target", "compose", "--stage", "dev", "--location", "x"]
        ),
        Row(
            command: "logs",
            options: place.union(["--follow", "--lines", "--color", "--no-color", "--user"]),
            words: ["chat", "-f", "--lines", "5", "--color", "--target", "local", "--resource-group", "g"]
        ),
        Row(
            command: "outputs",
            options: place.union(["--color", "--no-color", "--json"]),
            words: ["--target", "azure", "--stage", "production", "--subscription", "s", "--json"]
        ),
        Row(
            command: "drift",
            options: azure.union(["--json", "--fail", "--color", "--no-color"]),
            words: ["--stage", "dev", "--json", "--fail", "--location", "westeurope"]
        ),
        Row(
            command: "rollback",
            options: azure.union(change).union(["--color", "--no-color"]),
            words: ["7", "--stage", "dev", "--yes"]
        ),
        Row(
            command: "rehearse",
            options: ["--stage", "--faults", "--speed", "--output", "--color", "--no-color", "--code"],
            words: ["--stage", "production", "--code", "built", "--faults", "7", "--speed", "200", "--output", "plain"]
        ),
        Row(command: "lock", options: [], words: ["status"]),
        Row(command: "lock status", options: azure, words: ["--stage", "dev"]),
        Row(command: "lock release", options: azure, words: ["--subscription", "s"]),
        Row(
            command: "render",
            options: ["--stage", "--all-stages", "--check", "--stdout", "--strict", "--folder"],
            words: ["bicep", "arm", "--stage", "production", "--check", "--strict", "--folder", "o"]
        ),
        Row(
            command: "diff",
            options: [
                "--stage", "--color", "--no-color", "--against", "--against-stage", "--folder", "--output", "--text",
                "--json", "--detailed-exitcode",
            ],
            words: ["bicep", "--stage", "production", "--against", "main", "--folder", "o", "--output", "markdown"]
                + ["--detailed-exitcode"]
        ),
        Row(
            command: "graph",
            options: ["--stage", "--format"],
            words: ["--stage", "production", "--format", "svg"]
        ),
        Row(
            command: "cost",
            options: [
                "--stage", "--color", "--no-color", "--output", "--json", "--requests", "--request-seconds",
                "--messages", "--message-seconds", "--busy-hours", "--stored-gb", "--storage-operations",
                "--request-units", "--log-gb", "--image-gb", "--secret-reads",
            ],
            words: ["--stage", "production", "--requests", "5", "--busy-hours", "9.5", "--json"]
        ),
        Row(command: "secrets", options: [], words: ["list"]),
        Row(
            command: "secrets list",
            options: place.union(["--color", "--no-color"]),
            words: ["--target", "azure", "--stage", "dev", "--color"]
        ),
        Row(command: "secrets set", options: place, words: ["API_KEY", "--target", "azure", "--stage", "dev"]),
        Row(
            command: "secrets doctor",
            options: place.union(["--color", "--no-color"]),
            words: ["--target", "local", "--stage", "production"]
        ),
        Row(
            command: "token",
            options: ["--stage", "--user", "--lifetime"],
            words: ["--stage", "dev", "--user", "ada", "--lifetime", "60"]
        ),
        Row(command: "queue", options: [], words: ["list"]),
        Row(
            command: "queue list",
            options: place.union(["--color", "--no-color", "--json", "--oldest"]),
            words: ["--target", "azure", "--stage", "dev", "--json", "--oldest"]
        ),
        Row(
            command: "queue peek",
            options: place.union(look),
            words: ["jobs", "--limit", "5", "--body", "--json", "--last-delivery", "--target", "azure"]
        ),
        Row(
            command: "queue dead-letters",
            options: place.union(look),
            words: ["jobs", "--limit", "500", "--body", "--last-delivery", "--no-color"]
        ),
        Row(
            command: "queue resubmit",
            options: place.union([
                "--id", "--all", "--reason", "--limit", "--yes", "--last-delivery", "--color", "--no-color",
            ]),
            words: ["jobs", "--id", "a", "--id", "b", "--reason", "r", "--limit", "5", "-y", "--stage", "dev"]
        ),
        Row(
            command: "queue purge",
            options: place.union(["--dead-letters", "--yes"]),
            words: ["jobs", "--dead-letters", "--yes", "--target", "local"]
        ),
        Row(
            command: "doctor",
            options: place.union(["--color", "--no-color"]),
            words: ["--stage", "dev", "--color", "--target", "azure", "--location", "westeurope"]
        ),
        Row(
            command: "emulator",
            options: [
                "--host", "--port", "--data", "--queue", "--topic", "--subscription", "--configuration", "--key-name",
                "--key", "--rights", "--print-connection", "--check-health",
            ],
            words: [
                "--check-health", "--host", "0.0.0.0", "--port", "1", "--data", "d", "--queue", "a", "--queue", "b",
                "--configuration", "c",
            ]
                + ["--key-name", "k", "--key", "n=k=", "--rights", "n=listen,send", "--topic", "t,time-to-live=5"]
                + ["--subscription", "t/s,lock=5,filter=sys.Label IN ('a', 'b')", "--print-connection"]
        ),
        Row(command: "pipeline", options: [], words: ["comment", "a.md", "--pull-request", "1"]),
        Row(
            command: "pipeline init",
            options: azure.union([
                "--repository", "--environment", "--branch", "--pull-requests", "--subject", "--whole-subscription",
                "--identity", "--yes",
            ]),
            words: [
                "--repository", "ada/harbour", "--environment", "dev", "--subject", "s", "--whole-subscription",
                "--identity", "i", "-y", "--stage", "dev", "--location", "westeurope",
            ]
        ),
        Row(
            command: "pipeline comment",
            options: ["--pull-request", "--name", "--author"],
            words: ["a.md", "b.md", "--pull-request", "7", "--name", "dev", "--author", "ada"]
        ),
        Row(
            command: "init",
            options: ["--name", "--slipway-path", "--slipway-url", "--slipway-version"],
            words: [
                "harbour", "--name", "harbour", "--slipway-url", "https://example.org/s", "--slipway-version", "1.2.3",
            ]
        ),
        Row(
            command: "build",
            options: ["--stage", "--swift-sdk"],
            words: ["--stage", "production", "--swift-sdk", "x86_64-swift-linux-musl"]
        ),
        Row(command: "package", options: [], words: ["build", "functions", "--output", "o.zip"]),
        Row(
            command: "package build",
            options: ["--stage", "--binary", "--swift-sdk", "--output"],
            words: ["functions", "--binary", "b", "-o", "o.zip", "--stage", "dev"]
        ),
        Row(
            command: "package publish",
            options: azure.union(["--stage", "--binary", "--swift-sdk", "--package", "--force"]),
            words: ["functions", "--package", "o.zip", "--force", "--stage", "dev", "--resource-group", "g"]
        ),
        Row(command: "image", options: [], words: ["build", "chat"]),
        Row(
            command: "image build",
            options: ["--stage", "--output", "--binary", "--tag", "--architecture", "--certificates"],
            words: ["chat", "--stage", "dev", "--output", "oci:o", "--binary", "b", "--tag", "t"]
                + ["--architecture", "arm64", "--certificates", "c"]
        ),
        Row(
            command: "image push",
            options: ["--stage", "--to", "--from", "--mount-from"],
            words: ["chat", "--stage", "dev", "--to", "example.com/a:1", "--from", "oci:o", "--mount-from", "b"]
        ),
    ]

    @Test(arguments: rows)
    func `the help of a command lists what works and nothing else`(row: Row) throws {
        let help = try help(of: row.path + ["--help"])
        let options = help.split(separator: "\n").drop { $0 != "OPTIONS:" }
            .flatMap { line in line.hasPrefix("  -") ? line.split(whereSeparator: { " ,/".contains($0) }) : [] }
            .filter { $0.hasPrefix("--") }
        #expect(Set(options.map(String.init)) == row.options.union(["--help", "--version"]))
        #expect(throws: Never.self) { try Infra<Sample>.parseAsRoot(row.path + row.words) }
    }

    @Test func `the help of the program lists every command`() throws {
        let help = try help(of: ["--help"])
        let commands = help.split(separator: "\n", omittingEmptySubsequences: false).drop { $0 != "SUBCOMMANDS:" }
            .dropFirst().prefix { !$0.isEmpty }.filter { !$0.hasPrefix("   ") }
            .compactMap { $0.split { " ,".contains($0) }.first }
        #expect(commands.map(String.init) == Self.rows.filter { $0.path.count == 1 }.map(\.command))
    }

    private func help(of words: [String]) throws -> String {
        var command = try Infra<Sample>.parseAsRoot(words)
        let error = #expect(throws: (any Error).self) { try command.run() }
        let found = try #require(error)
        #expect(Infra<Sample>.exitCode(for: found) == .success)
        return Infra<Sample>.fullMessage(for: found, columns: 120)
    }
}
