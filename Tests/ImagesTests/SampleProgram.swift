import Images
import Subprocess
import SystemPackage
import Testing
import TestInstruments
import ValidatorTools

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Programs so small that a test can make them.
enum SampleProgram {
    static var compilerIsExpected: Bool { Tools.areThere("cc") }
    static let noCompiler: Comment = "there is no C compiler"

    /// Compiles a program that says hello, and what its environment and its user are.
    static func compile(in folder: String, name: String = "hello", flags: [String] = ["-static"]) async throws -> String
    {
        let source = """
            #include <stdio.h>
            #include <stdlib.h>
            #include <unistd.h>
            int main(int argc, char **argv) {
                FILE *bundle = fopen("/etc/ssl/certs/ca-certificates.crt", "r");
                printf("%s %d %d %s %s\\n", argv[0], getuid(), getgid(), getenv("PORT"), bundle ? "trusts" : "doubts");
                return 0;
            }
            """
        try Data(source.utf8).write(to: URL(filePath: "\(folder)/\(name).c"))
        let verdict = try await Tools.run("cc", flags + ["-o", name, "\(name).c"], in: folder)
        try #require(verdict.isAccepted, "\(verdict.words)")
        return "\(folder)/\(name)"
    }

    /// Makes a file that looks like a program for this machine, and does nothing.
    static func smallest(in folder: String) throws -> String {
        let machine: UInt8 = try #require(Architecture.current) == .amd64 ? 62 : 183
        let head = [0x7F, 0x45, 0x4C, 0x46, 2, 1, 1] + [UInt8](repeating: 0, count: 9) + [2, 0, machine, 0]
        var generator = SeededGenerator(seed: 1)
        // What follows cannot be compressed, so that its size is that of its blob.
        let rest = (0..<2000).map { _ in UInt8.random(in: 0...255, using: &generator) }
        let path = "\(folder)/smallest"
        try Data(head + [UInt8](repeating: 0, count: 44) + rest).write(to: URL(filePath: path))
        return path
    }

    /// A file of certificates that nobody has to trust.
    static func certificates(in folder: String) throws -> String {
        let path = "\(folder)/certificates.pem"
        try Data("-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n".utf8).write(to: URL(filePath: path))
        return path
    }
}

/// The tools of others that read images.
enum Tools {
    /// Whether tests should use these tools: they must where `CI=true` says so.
    static func areThere(_ names: String...) -> Bool {
        Validators.isCI || names.allSatisfy { FileManager.default.isExecutableFile(atPath: "/usr/bin/\($0)") }
    }

    static let missing: Comment = "skopeo, umoci or docker-registry is not installed; run scripts/setup.sh --test"

    static func run(_ name: String, _ arguments: [String], in folder: String) async throws -> Validators.Verdict {
        try await Validators.tool(name, arguments, in: folder)
    }
}

extension ImageRecipe {
    /// A recipe for a program of a test.
    static func sample(_ program: String, in folder: String, tag: String = "1.0.0") throws -> ImageRecipe {
        var recipe = ImageRecipe(
            program: "Hello",
            path: program,
            certificates: try SampleProgram.certificates(in: folder),
            architecture: try #require(.current),
            title: "hello",
            version: "1.0.0",
            tag: tag,
            port: 8000
        )
        recipe.origin = .init(source: "https://example.com/hello", revision: "0123456789abcdef")
        recipe.packages = [
            PackagePin(
                name: "swift-nio",
                location: "https://github.com/apple/swift-nio.git",
                version: "2.1.0",
                revision: "ab"
            ),
            PackagePin(name: "local_package", location: "/home/me/package", version: nil, revision: nil),
        ]
        return recipe
    }
}
