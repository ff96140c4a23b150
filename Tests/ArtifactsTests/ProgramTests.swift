import Artifacts
import Foundation
import TestInstruments
import Testing
import ValidatorTools

/// Programs as they are read, held against what other readers say.
@Suite(.enabled(if: Toolbox.isThere, Toolbox.missing))
struct ProgramTests {
    private static func inFolder(_ body: (String) async throws -> Void) async throws {
        try await Validators.withFolder(of: [("readme", "")], body)
    }

    @Test func `readelf says the same of machine, loader and libraries`() async throws {
        try await Self.inFolder { folder in
            let own = try await Toolbox.compile(in: folder).map { "\(folder)/\($0)" }
            for path in own + ["/bin/sh", "/usr/bin/git", "/usr/bin/python3", CommandLine.arguments[0]]
            where FileManager.default.fileExists(atPath: path) {
                guard case .linux(let program) = try ProgramFile(at: path) else {
                    Issue.record("\(path) is not read")
                    continue
                }
                let words = try await Toolbox.run("readelf", ["-hldW", path], in: folder)
                #expect(program.loader == Self.first("Requesting program interpreter: ", in: words), "\(path)")
                #expect(program.libraries == Self.all("Shared library: [", in: words), "\(path)")
                let machine = Self.first("Machine:", in: words)?.contains("X86-64") == true ? Machine.x86_64 : .arm64
                #expect(program.machine == machine, "\(path)")
            }
        }
    }

    /// What follows a mark in each line that has it.
    private static func all(_ mark: String, in words: String) -> [String] {
        words.split(separator: "\n").compactMap { line in
            line.firstRange(of: mark).map { String(line.suffix(from: $0.upperBound).prefix { $0 != "]" }) }
        }
    }

    private static func first(_ mark: String, in words: String) -> String? { all(mark, in: words).first }

    @Test func `a program that is cut off is damaged, wherever`() async throws {
        try await Self.inFolder { folder in
            _ = try await Toolbox.compile(in: folder)
            let whole = try Data(contentsOf: URL(filePath: "\(folder)/static"))
            let part = URL(filePath: "\(folder)/part")
            for count in [4, 5, 63, 64, 65, 500, 4096, whole.count / 2] {
                try whole.prefix(count).write(to: part)
                #expect(try ProgramFile(at: part.path) == .other("a damaged program"), "\(count)")
            }
        }
    }

    @Test func `whatever stands in the tables of a program, it is read or refused`() async throws {
        try await Self.inFolder { folder in
            _ = try await Toolbox.compile(in: folder)
            let whole = try Data(contentsOf: URL(filePath: "\(folder)/shared"))
            let place = URL(filePath: "\(folder)/changed")
            var kinds: Set<String> = []
            for seed in 0..<400 {
                var generator = SeededGenerator(seed: seed)
                var bytes = whole
                // The header, the table of segments, and the dynamic section, which is near its end.
                for _ in 0..<Int.random(in: 1...6, using: &generator) {
                    let area = [0..<64, 64..<800, bytes.count / 2..<bytes.count].randomElement(using: &generator)
                    bytes[Int.random(in: area ?? 0..<64, using: &generator)] =
                        [0, 1, 0x7F, 0x80, 0xFF].randomElement(using: &generator) ?? 0
                }
                try bytes.write(to: place)
                switch try ProgramFile(at: place.path) {
                case .linux: kinds.insert("program")
                case .other(let kind): kinds.insert(kind)
                }
            }
            #expect(kinds.isSuperset(of: ["program", "a damaged program", "no program"]))
        }
    }

    @Test func `a table that claims to be large is not read`() async throws {
        try await Self.inFolder { folder in
            var head = Self.head(machine: 62)
            // 65,535 entries of 65,535 bytes.
            head.replaceSubrange(54..<58, with: [0xFF, 0xFF, 0xFF, 0xFF])
            let path = "\(folder)/sparse"
            try Data(head).write(to: URL(filePath: path))
            try await Toolbox.run("truncate", ["--size=8G", path], in: folder)
            #expect(try ProgramFile(at: path) == .other("a damaged program"))
        }
    }

    @Test(arguments: [
        (Self.head(machine: 3, width: 1), "i386"), (Self.head(machine: 40, width: 1), "arm"),
        (Self.head(machine: 62), "x86-64"), (Self.head(machine: 62, width: 1), "x32"),
        (Self.head(machine: 183), "arm64"), (Self.head(machine: 243), "riscv64"),
        (Self.head(machine: 22, order: 2), "s390x"), (Self.head(machine: 999), "machine 999 of 64 bits"),
    ])
    func `machines are called by their names`(head: [UInt8], name: String) async throws {
        try await Self.inFolder { folder in
            let place = URL(filePath: "\(folder)/program")
            try Data(head).write(to: place)
            guard case .linux(let program) = try ProgramFile(at: place.path) else {
                Issue.record("it is not read")
                return
            }
            #expect("\(program.machine)" == name)
        }
    }

    /// The header of a program without tables.
    private static func head(machine: UInt16, width: UInt8 = 2, order: UInt8 = 1) -> [UInt8] {
        let numbers: [UInt16] = [2, machine]
        let words = numbers.flatMap { number in
            order == 1 ? [UInt8(number & 0xFF), UInt8(number >> 8)] : [UInt8(number >> 8), UInt8(number & 0xFF)]
        }
        return [0x7F, 0x45, 0x4C, 0x46, width, order, 1] + [UInt8](repeating: 0, count: 9) + words
            + [UInt8](repeating: 0, count: 44)
    }

    @Test func `what is no file is told by its path`() async throws {
        try await Self.inFolder { folder in
            #expect(throws: ArtifactError.missing(path: "\(folder)/nowhere")) {
                try ProgramFile(at: "\(folder)/nowhere")
            }
            #expect(throws: ArtifactError.unreadable(path: folder, reason: "Is a directory")) {
                try ProgramFile(at: folder)
            }
        }
    }
}
