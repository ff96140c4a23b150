import Foundation
import Packaging
import Renderers
import StackGraph
import SystemPackage
import Testing
import ValidatorTools

@testable import infra

/// Packages of function apps, read back by the programs of others.
@Suite(.enabled(if: Workshop.hasCompiler, Workshop.noCompiler), .enabled(if: Workshop.hasUnzip, Workshop.noUnzip))
struct FunctionPackageTests {
    private func withPackage(_ body: (_ folder: String, FunctionPackage) async throws -> Void) async throws {
        let package = try #require(FunctionPackage(of: "functions", in: Workshop.graph()))
        try await Validators.withFolder(of: [("readme", "")]) { try await body($0, package) }
    }

    @Test func `a package holds the program and what is rendered for the host`() async throws {
        try await withPackage { folder, package in
            let program = try await Workshop.program(in: folder)
            let file = try package.write(to: FilePath("\(folder)/functions.zip"), handler: program)
            #expect(try await Workshop.run("unzip", "-t", "\(file.path)").contains("No errors detected"))

            try await Workshop.run("unzip", "-q", "\(file.path)", "-d", "\(folder)/out")
            let rendered = try Workshop.rendered()
            for file in rendered {
                let path = "\(folder)/out/\(file.path.dropFirst("functions/".count))"
                #expect(FileManager.default.contents(atPath: path) == Data(file.contents.utf8), "\(file.path)")
            }
            let names = try FileManager.default.subpathsOfDirectory(atPath: "\(folder)/out").filter {
                $0.contains(".json")
            }
            #expect(names.count == rendered.count)
            #expect(try await Workshop.run("sh", "-c", "\(folder)/out/EventFunctions") == "ready\n")
        }
    }

    @Test func `only the program may be executed, and nothing tells when or by whom it was made`() async throws {
        try await withPackage { folder, package in
            let program = try await Workshop.program(in: folder)
            let file = try package.write(to: FilePath("\(folder)/functions.zip"), handler: program)
            let lines = try await Workshop.run("zipinfo", "-T", "\(file.path)").split(separator: "\n")
                .filter { $0.contains("19800101.000000") }
            let count = try Workshop.rendered().count
            #expect(lines.count == count + 1)
            let executable = lines.filter { $0.hasPrefix("-rwxr-xr-x  2.0 unx") }
            #expect(executable.count == 1 && executable.first?.hasSuffix(" EventFunctions") == true)
            #expect(lines.count { $0.hasPrefix("-rw-r--r--  2.0 unx") } == count)
            let names = lines.compactMap { $0.split(separator: " ").last }
            #expect(names == names.sorted())
        }
    }

    @Test func `Python reads the same from it`() async throws {
        try await withPackage { folder, package in
            let program = try await Workshop.program(in: folder)
            let file = try package.write(to: FilePath("\(folder)/functions.zip"), handler: program)
            let script = """
                import sys, zipfile
                archive = zipfile.ZipFile(sys.argv[1])
                assert archive.testzip() is None
                assert archive.read("EventFunctions") == open(sys.argv[2], "rb").read()
                assert all(i.create_system == 3 and not i.extra and not i.comment for i in archive.infolist())
                print(len(archive.namelist()))
                """
            let count = try await Workshop.run("python3", "-c", script, "\(file.path)", "\(program)")
            #expect(count == "\(try Workshop.rendered().count + 1)\n")
        }
    }

    @Test func `the same files give the same bytes, and another program others`() async throws {
        try await withPackage { folder, package in
            let program = try await Workshop.program(in: folder)
            let first = try package.write(to: FilePath("\(folder)/first.zip"), handler: program)
            // Neither the age nor the permissions of the program count, nor what was at the place before.
            let copy = "\(folder)/copy"
            try await Workshop.run("cp", "\(program)", copy)
            try await Workshop.run("touch", "-d", "2001-02-03", copy)
            try await Workshop.run("chmod", "600", copy)
            try Data(repeating: 1, count: 10_000_000).write(to: URL(filePath: "\(folder)/second.zip"))
            let second = try package.write(to: FilePath("\(folder)/second.zip"), handler: FilePath(copy))
            try await Workshop.run("cmp", "\(first.path)", "\(second.path)")
            #expect(first.digest == second.digest && first.size == second.size)
            let sum = try await Workshop.run("sha256sum", "\(first.path)")
            #expect(sum.hasPrefix(first.digest))

            let other = try await Workshop.program(saying: "other", in: folder)
            let third = try package.write(to: FilePath("\(folder)/third.zip"), handler: other)
            #expect(third.digest != first.digest)
        }
    }

    @Test func `a large program is compressed piece by piece`() async throws {
        try await withPackage { folder, package in
            let program = try await Workshop.program(in: folder)
            // More than a piece, of bytes that cannot be compressed, and then of some that can.
            try await Workshop.run(
                "sh",
                "-c",
                "head -c 3000001 /dev/urandom >> \(program); head -c 9999999 /dev/zero >> \(program)"
            )
            let file = try package.write(to: FilePath("\(folder)/large.zip"), handler: program)
            #expect((3_000_000...4_500_000).contains(file.size))
            #expect(try await Workshop.run("unzip", "-t", "\(file.path)").contains("No errors detected"))
            try await Workshop.run("unzip", "-q", "\(file.path)", "-d", "\(folder)/out")
            try await Workshop.run("cmp", "\(program)", "\(folder)/out/EventFunctions")
        }
    }

    @Test func `nothing half-written stays where a package cannot be written`() async throws {
        try await withPackage { folder, package in
            let program = try await Workshop.program(in: folder)
            let place = FilePath("\(folder)/nowhere/functions.zip")
            #expect(throws: PackageError.self) { try package.write(to: place, handler: program) }
            let taken = FilePath("\(folder)/taken")
            try await Workshop.run("mkdir", "\(taken)")
            #expect(throws: PackageError.self) { try package.write(to: taken, handler: program) }
            let left = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasPrefix(".") }
            #expect(left == [])
        }
    }

    @Test(.enabled(if: SmallDisk.isPossible, SmallDisk.reason))
    func `a full disk is called that, and leaves the package that was there`() async throws {
        try await withPackage { folder, package in
            let program = try await Workshop.program(in: folder)
            for (size, files) in [(4096, 100), (16_384, 100), (131_072, 100), (4 << 20, 2)] {
                try await SmallDisk.mounted(size: size, files: files) { disk in
                    let place = FilePath("\(disk)/functions.zip")
                    try Data("old".utf8).write(to: URL(filePath: place.string))
                    do {
                        _ = try package.write(to: place, handler: program)
                        Issue.record("there was room: \(size), \(files)")
                    } catch PackageError.unwritable(place.string, _, isFull: true) {
                    }
                    #expect(try Data(contentsOf: URL(filePath: place.string)) == Data("old".utf8))
                    #expect(try FileManager.default.contentsOfDirectory(atPath: disk) == ["functions.zip"])
                }
            }
        }
    }
}

/// Programs that cannot be handlers.
struct ProgramTests {
    private func outcome(of bytes: [UInt8]) async throws -> PackageError? {
        let package = try #require(FunctionPackage(of: "functions", in: Workshop.graph()))
        return try await Validators.withFolder(of: [("readme", "")]) { folder in
            try Data(bytes).write(to: URL(filePath: "\(folder)/program"))
            let place = FilePath("\(folder)/functions.zip")
            do throws(PackageError) {
                _ = try package.write(to: place, handler: FilePath("\(folder)/program"))
                return nil
            } catch {
                #expect(!FileManager.default.fileExists(atPath: "\(place)"))
                return error
            }
        }
    }

    private func head(machine: UInt8, type: UInt8 = 2, bits: UInt8 = 2) -> [UInt8] {
        [0x7F, 0x45, 0x4C, 0x46, bits, 1, 1] + [UInt8](repeating: 0, count: 9) + [type, 0, machine, 0]
            + [UInt8](repeating: 0, count: 44)
    }

    @Test func `a program for another processor is refused by its name`() async throws {
        guard case .wrongArchitecture(_, "arm64") = try await outcome(of: head(machine: 183)) else {
            Issue.record("arm64 is not refused")
            return
        }
        guard case .wrongArchitecture(_, "i386") = try await outcome(of: head(machine: 3, bits: 1)) else {
            Issue.record("i386 is not refused")
            return
        }
        #expect(try await outcome(of: head(machine: 62)) == nil)
    }

    @Test(
        arguments: [
            ([], "an empty file"), (Array("#!/bin/sh\n".utf8), "a script"),
            ([0xCF, 0xFA, 0xED, 0xFE], "a program for macOS"),
            ([0x4D, 0x5A, 0x90], "a program for Windows"), (Array("hello".utf8), "no program"),
        ] as [([UInt8], String)]
    )
    func `what is no program of Linux is refused`(bytes: [UInt8], kind: String) async throws {
        guard case .foreign(_, kind) = try await outcome(of: bytes) else {
            Issue.record("\(kind) is not refused as that")
            return
        }
    }

    @Test(.enabled(if: Workshop.hasCompiler, Workshop.noCompiler))
    func `a program that needs libraries of Swift is refused, and those of the system it may need`() async throws {
        try await Validators.withFolder(of: [
            ("library.c", "int f(void) { return 0; }"), ("main.c", "int f(void); int main(void) { return f(); }"),
        ]) { folder in
            let package = try #require(FunctionPackage(of: "functions", in: Workshop.graph()))
            let place = FilePath("\(folder)/functions.zip")
            try await Workshop.run("cc", "-shared", "-fPIC", "-o", "libswiftCore.so", "library.c", in: folder)
            try await Workshop.run("cc", "-o", "shared", "main.c", "-L.", "-lswiftCore", in: folder)
            #expect(throws: PackageError.needsLibraries("\(folder)/shared", ["libswiftCore.so"])) {
                try package.write(to: place, handler: FilePath("\(folder)/shared"))
            }
            try await Workshop.run("cc", "-o", "plain", "main.c", "library.c", in: folder)
            _ = try package.write(to: place, handler: FilePath("\(folder)/plain"))
        }
    }

    @Test func `an object file is refused, and a head that is cut off`() async throws {
        guard case .foreign(_, "an object file") = try await outcome(of: head(machine: 62, type: 1)) else {
            Issue.record("an object file is not refused")
            return
        }
        #expect(try await outcome(of: Array(head(machine: 62).prefix(30))) != nil)
    }

    @Test func `a program that is not there is named`() throws {
        let package = try #require(FunctionPackage(of: "functions", in: Workshop.graph()))
        #expect(throws: PackageError.missingProgram("/nowhere/program")) {
            try package.write(to: FilePath("/nowhere/functions.zip"), handler: FilePath("/nowhere/program"))
        }
        #expect(FunctionPackage(of: "chat", in: try Workshop.graph()) == nil)
        #expect(try Workshop.graph().functionAppNames == ["functions"])
    }
}
