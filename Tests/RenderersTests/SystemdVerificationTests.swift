import Renderers
import SampleStacks
import StackGraph
import StackModel
import Testing
import ValidatorTools

@testable import infra

@Suite(.enabled(if: Validators.haveSystemd, "systemd is not installed; run scripts/setup.sh --test"))
struct SystemdVerificationTests {
    @Test func `systemd accepts the units of every stage and of the samples, and finds little exposed`() async throws {
        let stages = try Lightening.Stage.allCases.map { try Lightening(stage: $0).stack.lowered() }
        for graph in stages + [try SampleStacks.small(), try SampleStacks.complete()] {
            try await verify(graph)
        }
    }

    @Test(arguments: 0..<24) func `systemd accepts the units of a random stack`(seed: Int) async throws {
        try await verify(try RandomStack(seed: seed).graph)
    }

    @Test func `shellcheck has nothing to say about the scripts`() async throws {
        for graph in [try SampleStacks.complete(), Graph(name: "none", nodes: [])] {
            try await Validators.withFolder(of: Self.files(of: graph)) { folder in
                let verdict = try await Validators.tool("shellcheck", "install.sh", "uninstall.sh", in: folder)
                #expect(verdict.isAccepted, "\(verdict.words)")
            }
        }
    }

    /// Programs must exist for systemd to accept a unit, so the units are given some that do.
    private func verify(_ graph: Graph) async throws {
        let programs = Set(graph.nodes.compactMap(\.service?.executable) + ["infra"])
        let files = Self.files(of: graph) + programs.map { ("bin/\($0)", "#!/bin/sh\n") }
        try await Validators.withFolder(of: files) { folder in
            let verdict = try await Validators.tool("bash", "-c", Self.script, graph.name, in: folder)
            #expect(verdict.isAccepted, "\(verdict.words)")
            #expect(verdict.words == "")
        }
    }

    private static let script = #"""
        set -euo pipefail
        shopt -s nullglob
        chmod +x bin/*
        for unit in *.service; do sed -i "/^ExecStart=/s|=/opt/$0/bin/|=$PWD/bin/|" "$unit"; done
        systemd-analyze verify --recursive-errors=no ./*.service ./*.socket ./*.target ./*.slice
        for unit in *.service; do
            systemd-analyze security --offline=true --threshold=15 "$PWD/$unit" >report || tail -n 1 report
        done
        """#

    private static func files(of graph: Graph) -> [(path: String, contents: String)] {
        SystemdRenderer().render(graph).files.map { ($0.path, $0.contents) }
    }
}
