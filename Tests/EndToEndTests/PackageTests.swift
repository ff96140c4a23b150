import AzureSimulator
import Foundation
import StackModel
import Subprocess
import SystemPackage
import Testing
import ValidatorTools

@testable import infra

/// The commands that make packages and publish them.
@Suite(.enabled(if: CompilerOfC.isExpected, "there is no C compiler; install gcc and libc6-dev"))
struct PackageTests {
    private static let canary = "sk-canary-77f0"

    /// Makes a program without libraries in the folder of a system.
    private func program(_ name: String = "program", in system: LocalSystem) async throws -> String {
        let folder = system.folder.path
        try Data("int main(void) { return 0; }\n".utf8).write(to: URL(filePath: "\(folder)/\(name).c"))
        let result = try await Subprocess.run(
            .name("cc"),
            arguments: ["-static", "-s", "-o", "\(folder)/\(name)", "\(folder)/\(name).c"],
            output: .discarded,
            error: .string(limit: 1 << 20)
        )
        #expect(result.terminationStatus.isSuccess, "\(result.standardError)")
        return "\(folder)/\(name)"
    }

    @Test func `a package is written, published once, and known again`() async throws {
        try await AzureSystem.running(environment: ["OPENAI_API_KEY": Self.canary, "LOG_LEVEL": "trace"]) {
            $0.watchedTexts = [Self.canary]
        } _: { system in
            try await system.plant()
            let program = try await program(in: system.local)
            let built = try await system.infra(
                "package",
                "build",
                "functions",
                "--binary",
                program,
                "-o",
                "functions.zip"
            )
            #expect(built.code == 0, "\(built.errors)")
            #expect(built.output.contains("wrote functions.zip"))

            let published = try await system.infra("package", "publish", "functions", "--package", "functions.zip")
            #expect(published.code == 0, "\(published.errors)")
            #expect(published.output.contains("is published, and answers at http://"))
            #expect(published.errors.contains("sending"))
            // The same program makes the same package.
            let again = try await system.infra("package", "publish", "functions", "--binary", program)
            #expect(again.code == 0, "\(again.errors)")
            #expect(again.output.contains("has this package already"))

            let said = [built, published, again].map { $0.output + $0.errors }.joined()
            #expect(!said.contains(Self.canary) && !said.contains(AzureSystem.clientSecret) && !said.contains("Bearer"))
            #expect(await system.simulation.journal.entries.allSatisfy { $0.watched.isEmpty })
            let package = try Data(contentsOf: system.local.folder.appending(path: "functions.zip"))
            #expect(package.firstRange(of: Data(Self.canary.utf8)) == nil)
        }
    }

    @Test func `a package that the app refuses is explained in one message`() async throws {
        try await AzureSystem.running { system in
            try await system.plant()
            try system.write("no archive", to: "text.zip")
            let result = try await system.infra("package", "publish", "functions", "--package", "text.zip")
            #expect(result.code == 1)
            #expect(result.errors.contains("does not take the package: The request body is no zip archive"))
            #expect(result.errors.contains("What ran before goes on running."))
        }
    }

    @Test func `what cannot be a package is refused before anything is written`() async throws {
        let system = try LocalSystem()
        defer { try? FileManager.default.removeItem(at: system.folder) }
        let program = try await program(in: system)
        let cases: [(words: [String], code: Int32, message: String)] = [
            (["chat", "--binary", program], 64, "There is no function app 'chat'. There are: functions."),
            (["functions", "--binary", "/nowhere"], 1, "There is no program '/nowhere'."),
            (["functions", "--binary", "\(program).c"], 1, "is no program. A function app needs a program for Linux"),
            (["functions", "--binary", LocalSystem.program + "/../nothing"], 1, "cannot be read"),
        ]
        for (words, code, message) in cases {
            let result = try await system.infra(["package", "build"] + words + ["--output", "functions.zip"])
            #expect(result.code == code && result.errors.contains(message), "\(result.errors)")
        }
        let left = try FileManager.default.contentsOfDirectory(atPath: system.folder.path)
        #expect(left.allSatisfy { !$0.contains("functions.zip") })
    }

    @Test func `a disk that is full leaves the old package and nothing half-written`() async throws {
        let system = try LocalSystem()
        defer { try? FileManager.default.removeItem(at: system.folder) }
        let program = try await program(in: system)
        let place = system.folder.appending(path: "functions.zip")
        try Data("old".utf8).write(to: place)
        // A limit of the shell's stands for the disk: writing fails in the midst of it, with another number.
        let script = "trap '' XFSZ; ulimit -f 32; exec \"$0\" package build functions --binary \"$1\" -o functions.zip"
        let result = try await Subprocess.run(
            .name("bash"),
            arguments: ["-c", script, LocalSystem.program, program],
            environment: .custom(system.variables),
            workingDirectory: FilePath(system.folder.path),
            output: .string(limit: 1 << 16),
            error: .string(limit: 1 << 16)
        )
        #expect(!result.terminationStatus.isSuccess)
        #expect(
            result.standardError.contains("'functions.zip' is not written: File too large."),
            "\(result.standardError)"
        )
        #expect(try Data(contentsOf: place) == Data("old".utf8))
        let left = try FileManager.default.contentsOfDirectory(atPath: system.folder.path)
        #expect(left.filter { $0.hasPrefix(".functions") } == [])
    }
}

/// The program that makes the programs of tests.
enum CompilerOfC {
    static var isExpected: Bool { Validators.isCI || FileManager.default.isExecutableFile(atPath: "/usr/bin/cc") }
}
