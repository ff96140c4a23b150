import Foundation
import JSONText
import Testing
import ValidatorTools

/// `infra up --target systemd`, under a real service manager.
@Suite(.enabled(UserManager.reason) { try await UserManager.isPossible() }, .serialized)
struct SystemdHostTests {
    private static let program = "\(UserManager.products)/infra"

    @Test func `a stack is installed, started, shown and removed, and its data stays`() async throws {
        try await UserManager.running { manager in
            let offset = Int.random(in: 20_000..<22_000)
            let canary = "sk-canary-of-systemd"
            let up = "\(Self.program) up --target systemd --user --port-offset \(offset) 2>&1"
            let words = try await manager.must(up, environment: ["OPENAI_API_KEY": canary])
            #expect(words.contains("lightening-dev-functions.service  active (running)"))
            #expect(words.contains("lightening-dev-chat.service       asleep"))
            try await manager.must("curl -fsS http://127.0.0.1:\(7071 + offset)/health")
            // Whoever connects wakes what is asleep.
            try await manager.must("curl -fsS http://127.0.0.1:\(8000 + offset)/health")
            try await manager.must("grep -qx \(canary) .config/lightening-dev/credentials/OPENAI_API_KEY")

            let status = try await manager.must("\(Self.program) status --target systemd --user --json")
            let services = try #require(try JSON(parsing: status)["services"]?.array)
            #expect(services.count == 4 && services.allSatisfy { $0["healthy"] == true })

            // The same again changes nothing that matters, and a key that is set stays set without being told again.
            let again = try await manager.must(up)
            #expect(again.contains("lightening-dev-functions.service  active (running)"))
            try await manager.must("curl -fsS http://127.0.0.1:\(7071 + offset)/ready")

            let down = try await manager.must("\(Self.program) down --target systemd --user 2>&1")
            #expect(down.contains("The data stays"))
            #expect(try await manager.must("ls .config/systemd/user | grep -c lightening || true") == "0")
            #expect(
                try await manager.must("(find .config .local -path '*broker*' -type f 2>/dev/null || true) | wc -l")
                    != "0"
            )
            let gone = try await manager.bash("\(Self.program) status --target systemd --user 2>&1")
            #expect(gone.code == 1 && gone.words.contains("Nothing runs here"))
            let found =
                "find .config .local \\( -path '*lightening*data*' -o -path '*lightening*broker*' \\) -type f 2>/dev/null"
            #expect(try await manager.must("\(found) | wc -l || true") != "0")
            let unasked = try await manager.bash("\(Self.program) down --target systemd --user --purge 2>&1 </dev/null")
            #expect(unasked.code == 64)
            #expect(try await manager.must("\(found) | wc -l || true") != "0")
            let purge = try await manager.must("\(Self.program) down --target systemd --user --purge --yes 2>&1")
            #expect(purge.contains("The stack lightening-dev is not installed. Its data is removed."))
            #expect(try await manager.must("\(found) | wc -l || true") == "0")
            for text in [words, status, again, down, gone.words, purge] { #expect(!text.contains(canary)) }
            try await manager.must("! grep -rq \(canary) infra")
        }
    }

    @Test func `a service that cannot start is named, with what to do`() async throws {
        try await UserManager.running { manager in
            let offset = Int.random(in: 22_000..<24_000)
            let thief = "python3 -m http.server --bind 127.0.0.1 \(7071 + offset)"
            let answer = try await manager.bash(
                """
                \(thief) >/dev/null 2>&1 & thief=$!
                trap 'kill $thief' EXIT
                for _ in {1..200}; do ! curl -s -o /dev/null http://127.0.0.1:\(7071 + offset)/ || break; sleep 0.05; done
                \(Self.program) up --target systemd --user --port-offset \(offset) 2>&1
                """
            )
            #expect(answer.code == 1)
            #expect(answer.words.contains("lightening-dev-functions.service is "))
            #expect(answer.words.contains("infra down --target systemd"))
        }
    }

    @Test func `without programs nothing is installed`() async throws {
        try await UserManager.running { manager in
            let answer = try await manager.bash("\(Self.program) up --target systemd --user --bin /nowhere 2>&1")
            #expect(answer.code == 78)
            #expect(answer.words.contains("there is no program /nowhere/infra"))
            #expect(try await manager.must("ls .config/systemd/user") == "")
        }
    }
}

struct SystemdJournalTests {
    @Test func `the journal is asked for the units of a service`() async throws {
        let system = try LocalSystem()
        defer { try? FileManager.default.removeItem(at: system.folder) }
        let journal = system.folder.appending(path: "journalctl")
        try Data("#!/bin/sh\necho \"$@\"\n".utf8).write(to: journal)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: journal.path)
        func logs(_ service: String) async throws -> LocalSystem.Result {
            try await system.run(
                "infra",
                ["logs", service, "--target", "systemd", "--user", "--lines", "5"],
                with: ["PATH": "\(system.folder.path):/usr/bin:/bin"]
            )
        }
        let rest = "--lines 5 --no-pager\n"
        let (service, socket) = ("--user-unit lightening-dev-chat.service", "--user-unit lightening-dev-chat.socket")
        #expect(try await logs("chat").output == "--user \(service) \(socket) \(rest)")
        #expect(try await logs("broker").output == "--user --user-unit lightening-dev-broker.service \(rest)")
        #expect(try await logs("lightening-dev-chat.socket").output == "--user \(socket) \(rest)")
        for name in ["chut", "ssh.service"] {
            let unknown = try await logs(name)
            #expect(unknown.code == 64 && unknown.output == "")
            #expect(unknown.errors == "There is no service '\(name)'. There are: broker, chat, functions.\n")
        }
    }
}
