import Foundation
import Renderers
import SampleStacks
import StackGraph
import Subprocess
import SystemPackage
import Testing

/// `install.sh` and `uninstall.sh` with a manager that only listens, so that they can be tried anywhere.
struct SystemdScriptTests {
    @Test func `everything that is missing is said at once, and nothing is put`() async throws {
        try await withMachine { machine async throws in
            let answer = try await machine.install("--user", "--bin", "/nowhere")
            #expect(answer.code == 78)
            for word in ["/nowhere/Api", "/nowhere/Worker", "/nowhere/infra", "API_KEY"] {
                #expect(answer.words.contains(word))
            }
            #expect(try machine.files() == [:])
        }
    }

    @Test func `secrets go from the environment into files of their owner, and onto no command line`() async throws {
        try await withMachine { machine async throws in
            let canary = "canary $(id) '\" %\\\n end"
            let answer = try await machine.install(environment: ["API_KEY": canary])
            #expect(answer.code == 0, "\(answer.words)")
            let files = try machine.files()
            #expect(files[".config/shop/credentials/API_KEY"] == canary)
            let key = try #require(files[".config/shop/credentials/broker-key"])
            #expect(key.count == 64)
            #expect(
                files[".config/shop/credentials/bus-connection"]
                    == "Endpoint=sb://127.0.0.1:5300;SharedAccessKeyName=RootManageSharedAccessKey;"
                    + "SharedAccessKey=\(key);UseDevelopmentEmulator=true"
            )
            for name in ["API_KEY", "broker-key", "bus-connection"] {
                #expect(try machine.mode(of: ".config/shop/credentials/\(name)") == 0o600)
            }
            #expect(try machine.mode(of: ".config/shop/credentials") == 0o700)
            let commandLines = try machine.commandLines()
            #expect(!commandLines.contains("canary") && !commandLines.contains(key))
            #expect(!answer.words.contains("canary") && !answer.words.contains(key))
        }
    }

    @Test func `to install again changes nothing, and no credential is ever overwritten`() async throws {
        try await withMachine { machine async throws in
            try machine.write("by hand", to: ".config/shop/credentials/API_KEY")
            #expect(try await machine.install(environment: ["API_KEY": "another"]).code == 0)
            let first = try machine.files()
            #expect(first[".config/shop/credentials/API_KEY"] == "by hand")
            #expect(try await machine.install(environment: ["API_KEY": "a third"]).code == 0)
            #expect(try machine.files() == first)
            // The address of a bus of the operator's own stays too.
            try machine.write("Endpoint=sb://mine", to: ".config/shop/credentials/bus-connection")
            #expect(try await machine.install().code == 0)
            #expect(try machine.files()[".config/shop/credentials/bus-connection"] == "Endpoint=sb://mine")
        }
    }

    @Test func `uninstall removes what install put, and what somebody else put stays`() async throws {
        try await withMachine { machine async throws in
            try machine.write("by hand", to: ".config/shop/credentials/API_KEY")
            try machine.write("A=1", to: ".config/shop/api.env")
            try machine.write("[Unit]", to: ".config/systemd/user/other.service")
            let before = try machine.files()
            #expect(try await machine.install().code == 0)
            #expect(try machine.files().count > before.count)
            #expect(try await machine.uninstall("--user").code == 0)
            #expect(try machine.files() == before)
            #expect(try await machine.uninstall("--user").code == 0)
            #expect(try machine.commandLines().contains("systemctl --user --quiet disable shop.target"))
            let commandLines = try machine.commandLines()
            #expect(!commandLines.contains("clean"))
        }
    }

    @Test func `data goes only with --purge`() async throws {
        try await withMachine { machine async throws in
            #expect(try await machine.install(environment: ["API_KEY": "k"]).code == 0)
            #expect(try await machine.uninstall("--user", "--purge").code == 0)
            #expect(try machine.commandLines().contains("systemctl --user clean --what=state shop-api.service"))
            #expect(try machine.files() == [:])
        }
    }

    @Test(arguments: [".config", ".local/state"])
    func `data can still go when the services are gone, and nothing of somebody else's`(root: String) async throws {
        try await withMachine { machine async throws in
            let (own, others) = (["shop/data/api/a.db", "shop/broker/b.db"], ["shop/data/other/c", "shop/api.env"])
            for path in own + others { try machine.write("x", to: "\(root)/\(path)") }
            #expect(try await machine.install(environment: ["API_KEY": "k"]).code == 0)
            #expect(
                try await machine.uninstall("--user").words == "Removed. The data stays; --purge removes it.\n"
            )
            #expect(
                try await machine.uninstall("--user").words
                    == "The stack shop is not installed. The data stays; --purge removes it.\n"
            )
            #expect(try machine.files().keys.sorted() == (own + others).map { "\(root)/\($0)" }.sorted())
            #expect(
                try await machine.uninstall("--user", "--purge").words
                    == "The stack shop is not installed. Its data is removed.\n"
            )
            #expect(try machine.files().keys.sorted() == others.map { "\(root)/\($0)" }.sorted())
            let last = try await machine.uninstall("--user", "--purge")
            #expect(last.code == 0 && last.words == "The stack shop is not installed.\n")
        }
    }

    @Test func `no folder is left of data that goes last`() async throws {
        try await withMachine { machine async throws in
            try machine.write("x", to: ".local/state/shop/data/api/a.db")
            #expect(try await machine.uninstall("--user", "--purge").code == 0)
            #expect(try FileManager.default.contentsOfDirectory(atPath: "\(machine.folder)/home/.local/state") == [])
        }
    }

    @Test func `an update takes away the units that the stack has no more`() async throws {
        try await withMachine { machine async throws in
            #expect(try await machine.install(environment: ["API_KEY": "k"]).code == 0)
            try machine.write(try SampleStacks.appNamedBroker())
            #expect(try await machine.install().code == 0)
            let units = try machine.files().keys.filter { $0.hasPrefix(".config/systemd") }.sorted()
            #expect(
                units.map { $0.dropFirst(".config/systemd/user/".count) } == [
                    "shop-broker-service.service", "shop-broker.service", "shop.slice", "shop.target",
                ]
            )
            #expect(try machine.commandLines().contains("systemctl --user stop shop-api.service"))
            #expect(try await machine.uninstall("--user", "--purge").code == 0)
            #expect(try machine.files() == [:])
        }
    }

    @Test func `a unit of somebody else is not overwritten`() async throws {
        try await withMachine { machine async throws in
            try machine.write("# Part of the stack shop-api.\n", to: ".config/systemd/user/shop-api.service")
            let answer = try await machine.install(environment: ["API_KEY": "k"])
            #expect(answer.code == 78)
            #expect(answer.words.contains("shop-api.service is not part of this stack"))
            #expect(try machine.files().count == 1)
        }
    }

    @Test(arguments: [["--bin"], ["--prefix"], ["--what"], ["extra"]])
    func `a wrong call is refused`(arguments: [String]) async throws {
        try await withMachine { machine async throws in
            #expect(try await machine.bash("stack/install.sh \"$@\"", arguments).code == 64)
            #expect(try machine.files() == [:])
        }
    }

    @Test(arguments: ["relative/bin", "/with space", "/with|bar", "/with%h", "/with\nnewline", "/with\"quote"])
    func `a folder that a unit or sed would read differently is refused`(folder: String) async throws {
        try await withMachine { machine async throws in
            let answer = try await machine.install("--user", "--bin", folder, environment: ["API_KEY": "k"])
            #expect(answer.code == 78)
            #expect(answer.words.contains("no absolute path"))
        }
    }

    @Test func `units are transformed for the manager of a user`() async throws {
        try await withMachine { machine async throws in
            #expect(try await machine.install(environment: ["API_KEY": "k"]).code == 0)
            let files = try machine.files()
            let unit = try #require(files[".config/systemd/user/shop-api.service"])
            #expect(unit.contains("ExecStart=\(machine.folder)/bin/Api\n"))
            #expect(unit.contains("NoNewPrivileges=yes\n"))
            #expect(!unit.contains("DynamicUser") && !unit.contains("CapabilityBoundingSet"))
            #expect(files[".config/systemd/user/shop.target"]?.contains("WantedBy=default.target\n") == true)
        }
    }

    /// Whichever write fails, what is there is whole, a second run completes it, and uninstall finds all of it.
    @Test(arguments: 1..<20) func `an interrupted installation can be completed or removed`(moment: Int) async throws {
        try await withMachine { machine async throws in
            let secrets = ["API_KEY": "k"]
            let answer = try await machine.install(environment: ["API_KEY": "k", "FAIL_AT": String(moment)])
            let half = try machine.files()
            #expect(try await machine.uninstall("--user", "--purge").code == 0)
            #expect(try machine.files() == [:])
            #expect(try await machine.install(environment: secrets).code == 0)
            let whole = try machine.files()
            if answer.code == 0 { #expect(half.keys.sorted() == whole.keys.sorted()) }
            for (path, contents) in half where !path.contains("/credentials/") {
                #expect(contents == whole[path], "\(path)")
            }
        }
    }

    private func withMachine(_ body: (ScriptMachine) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.path + "/slipway-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let machine = try ScriptMachine(folder: folder)
        try machine.write(try SampleStacks.small())
        try await body(machine)
    }
}
