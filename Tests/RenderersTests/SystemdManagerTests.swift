import Renderers
import SampleStacks
import StackGraph
import StackModel
import TestInstruments
import Testing
import ValidatorTools

@testable import infra

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What a real service manager makes of the units.
@Suite(.enabled(UserManager.reason) { try await UserManager.isPossible() }, .serialized)
struct SystemdManagerTests {
    @Test func `the stack starts, mends itself, sleeps, wakes and goes without a trace`() async throws {
        try await UserManager.running { manager in
            let graph = try Lightening(stage: .dev).stack.lowered()
            let offset = Int.random(in: 10_000..<20_000)
            try manager.write(stack: graph, portOffset: offset)
            try await manager.must("stack/install.sh --user --bin \(UserManager.products)")
            let before = try await manager.must(
                "cd .config/lightening-dev && sha256sum credentials/* && stat -c '%a %n' credentials/*"
            )
            try await manager.must("stack/install.sh --user --bin \(UserManager.products)")
            let after = try await manager.must(
                "cd .config/lightening-dev && sha256sum credentials/* && stat -c '%a %n' credentials/*"
            )
            #expect(before == after)
            #expect(before.contains("600 credentials/JWT_SIGNING_KEY"))
            // The tests cannot wait for five minutes.
            try await manager.must("echo IDLE_EXIT_SECONDS=1 >.config/lightening-dev/chat.env")

            // A unit of type notify is started when it has said that it is ready.
            try await manager.must("systemctl --user start lightening-dev.target")
            for unit in ["broker.service", "functions.service", "chat.socket"] {
                #expect(try await manager.property("ActiveState", of: "lightening-dev-\(unit)") == "active")
            }
            #expect(try await manager.property("ActiveState", of: "lightening-dev-chat.service") == "inactive")
            try await manager.must("curl -fsS http://127.0.0.1:\(7071 + offset)/health")

            try await checkRestart(manager)
            try await checkSleep(manager, port: 8000 + offset)

            // A file of the operator's own would stay.
            try await manager.must("rm .config/lightening-dev/chat.env && stack/uninstall.sh --user --purge")
            #expect(try await manager.must("find .config .local -type f -o -type l 2>/dev/null || true") == "")
            #expect(try await manager.must("ls .config") == "systemd")
            let units = try await manager.must("systemctl --user list-units --all --plain --no-legend 'lightening*'")
            #expect(units == "")
        }
    }

    private func checkRestart(_ manager: UserManager) async throws {
        let unit = "lightening-dev-functions.service"
        let first = try await manager.property("MainPID", of: unit)
        #expect(try await manager.property("WatchdogUSec", of: unit) == "30s")
        #expect(try await manager.property("WatchdogTimestampMonotonic", of: unit) != "0")
        try await manager.must("kill -KILL \(first)")
        let isRestarted = """
            [[ $(systemctl --user show --value -p NRestarts \(unit)) == 1 ]] &&
                systemctl --user --quiet is-active \(unit)
            """
        try await manager.eventually(isRestarted)
        #expect(try await manager.property("MainPID", of: unit) != first)
    }

    private func checkSleep(_ manager: UserManager, port: Int) async throws {
        let unit = "lightening-dev-chat.service"
        var processes: Set<String> = []
        for _ in 0..<2 {
            let health = try await manager.must("curl -fsS http://127.0.0.1:\(port)/health")
            #expect(health.contains("healthy"))
            processes.insert(try await manager.property("ExecMainPID", of: unit))
            try await manager.eventually("[[ $(systemctl --user show --value -p ActiveState \(unit)) == inactive ]]")
            #expect(try await manager.property("ExecMainStatus", of: unit) == "0")
            #expect(try await manager.property("Result", of: unit) == "success")
        }
        #expect(processes.count == 2)
    }

    @Test func `a service that hangs is ended and started again by the watchdog`() async throws {
        try await UserManager.running { manager in
            let offset = Int.random(in: 20_000..<24_000)
            try manager.write(stack: try Lightening(stage: .dev).stack.lowered(), portOffset: offset)
            try await manager.must("stack/install.sh --user --bin \(UserManager.products)")
            let unit = "lightening-dev-broker.service"
            try await manager.must(
                """
                mkdir .config/systemd/user/\(unit).d
                printf '[Service]\\nWatchdogSec=2\\nTimeoutAbortSec=1\\n' >.config/systemd/user/\(unit).d/fast.conf
                systemctl --user daemon-reload
                systemctl --user start \(unit)
                kill -STOP $(systemctl --user show --value -p MainPID \(unit))
                """
            )
            let isRestarted = """
                [[ $(systemctl --user show --value -p NRestarts \(unit)) == 1 ]] &&
                    systemctl --user --quiet is-active \(unit)
                """
            try await manager.eventually(isRestarted)
        }
    }

    @Test(arguments: 0..<4) func `every text reaches the program as it was`(seed: Int) async throws {
        var random = SeededGenerator(seed: seed)
        var texts = RandomStack.hostileTexts
        texts += (0..<60).map { _ in RandomStack.text(using: &random) }
        let service = ServiceNode(
            executable: "Echo",
            arguments: texts,
            contract: [],
            environment: texts.enumerated().map { Variable(name: "TEXT_\($0)", value: .plain(.literal($1))) }
        )
        let graph = Graph(name: "echo", nodes: [.container("texts", service)])
        try await UserManager.running { manager in
            try manager.write(stack: graph, portOffset: 0)
            try manager.write([("Echo", Self.echo, true)], into: "bin")
            try await manager.must("stack/install.sh --user --bin $HOME/bin && systemctl --user start echo.target")
            let out = "\(manager.home)/out"
            let arguments = try #require(FileManager.default.contents(atPath: "\(out)/arguments"))
            #expect(
                arguments.split(separator: 0, omittingEmptySubsequences: false).dropLast().map(Array.init)
                    == texts.map { Array($0.utf8) }
            )
            let environment = try #require(FileManager.default.contents(atPath: "\(out)/environment"))
            let variables = Set(environment.split(separator: 0).map(Array.init))
            for (number, text) in texts.enumerated() {
                let credential = FileManager.default.contents(atPath: "\(out)/TEXT_\(number)").map(Array.init)
                let isThere = variables.contains(Array("TEXT_\(number)=\(text)".utf8)) || credential == Array(text.utf8)
                #expect(isThere, "\(text.debugDescription)")
            }
        }
    }

    /// Says what it was given, then that it is ready.
    private static let echo = #"""
        #!/bin/bash
        mkdir "$HOME/out"
        printf '%s\0' "$@" >"$HOME/out/arguments"
        env -0 >"$HOME/out/environment"
        [[ -z ${CREDENTIALS_DIRECTORY:-} ]] || cp "$CREDENTIALS_DIRECTORY"/* "$HOME/out"
        exec systemd-notify --ready
        """#
}

extension UserManager {
    fileprivate func write(stack graph: Graph, portOffset: Int) throws {
        let files = SystemdRenderer(portOffset: portOffset).render(graph).files
        try write(files.map { ($0.path, $0.contents, $0.isExecutable) }, into: "stack")
    }
}

extension Node {
    /// A worker that runs a service.
    static func container(_ name: String, _ service: ServiceNode) -> Node {
        Node(
            id: ResourceID(name),
            kind: .containerApp(
                ContainerAppNode(
                    service: service,
                    image: ImageNode(registry: ResourceID("images"), repository: "app", tag: "1"),
                    port: nil,
                    size: .halfCore,
                    replicas: 1...1,
                    triggers: [],
                    source: nil
                )
            )
        )
    }
}
