import Testing
import ValidatorTools

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The tools that come with a C compiler, and programs to look at.
enum Toolbox {
    static var isThere: Bool {
        Validators.isCI
            || ["cc", "readelf"].allSatisfy { FileManager.default.isExecutableFile(atPath: "/usr/bin/\($0)") }
    }

    static let missing: Comment = "there is no C compiler; install gcc and libc6-dev"

    /// Compiles a library, a program of each kind and an object file; gives their names.
    static func compile(in folder: String) async throws -> [String] {
        try Data("int f(void) { return 0; }\n".utf8).write(to: URL(filePath: "\(folder)/library.c"))
        try Data("int f(void);\nint main(void) { return f(); }\n".utf8).write(to: URL(filePath: "\(folder)/main.c"))
        try await run("cc", ["-shared", "-fPIC", "-o", "libswiftCore.so", "library.c"], in: folder)
        try await run("cc", ["-o", "shared", "main.c", "-L.", "-lswiftCore", "-lm"], in: folder)
        try await run("cc", ["-o", "plain", "main.c", "library.c"], in: folder)
        try await run("cc", ["-static", "-s", "-o", "static", "main.c", "library.c"], in: folder)
        try await run("cc", ["-static-pie", "-o", "anywhere", "main.c", "library.c"], in: folder)
        return ["libswiftCore.so", "shared", "plain", "static", "anywhere"]
    }

    @discardableResult
    static func run(_ name: String, _ arguments: [String], in folder: String) async throws -> String {
        let verdict = try await Validators.tool(name, arguments, in: folder)
        try #require(verdict.isAccepted, "\(verdict.words)")
        return verdict.words
    }
}
