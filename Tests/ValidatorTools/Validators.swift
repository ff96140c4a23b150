import Subprocess
import SystemPackage
public import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The third-party tools that judge rendered files.
///
/// `scripts/validators.sh` installs them. Where they are missing their tests are skipped, but not where `CI=true` says
/// that they must be there.
public enum Validators {
    /// Whether tests of rendered files should run.
    public static var areExpected: Bool { isCI || FileManager.default.isExecutableFile(atPath: "\(programs)/python") }

    /// Whether tests against the official schemas should run: these are no part of the project.
    public static var haveSchemas: Bool { FileManager.default.fileExists(atPath: "\(schemas)/index.json") }

    /// Whether the tools of systemd are there, which are no part of the environment of validators.
    public static var haveSystemd: Bool {
        isCI || FileManager.default.isExecutableFile(atPath: "/usr/bin/systemd-analyze")
    }

    public static let missing: Comment = "the validators are not installed; run scripts/validators.sh"
    public static let noSchemas: Comment = "the official Azure schemas are not beside this checkout"

    public static let isCI = ProcessInfo.processInfo.environment["CI"] == "true"
    public static let package = #filePath.split(separator: "/").dropLast(3).reduce(into: "") { $0 += "/\($1)" }
    public static let schemas = "\(package)/../shared/azure"
    static let programs = "\(package)/.build/validators/bin"

    public struct Verdict: Sendable {
        public let isAccepted: Bool
        /// What the tool wrote to both of its outputs.
        public let words: String
    }

    /// Runs a script of `Tests/Validators` with this standard input.
    public static func python(_ script: String, _ arguments: String..., input: String = "") async throws -> Verdict {
        try await run("\(programs)/python", ["\(package)/Tests/Validators/\(script)"] + arguments, input: input)
    }

    /// Runs an installed tool in a folder: one of the validators' own, or one of the system's.
    public static func tool(_ name: String, _ arguments: String..., in folder: String) async throws -> Verdict {
        try await tool(name, arguments, in: folder)
    }

    public static func tool(_ name: String, _ arguments: [String], in folder: String) async throws -> Verdict {
        let own = "\(programs)/\(name)"
        let path = FileManager.default.isExecutableFile(atPath: own) ? own : "/usr/bin/\(name)"
        return try await run(path, arguments, folder: folder)
    }

    /// Calls a body with an empty folder that holds these files, and removes it afterwards.
    public static func withFolder<Value>(
        of files: [(path: String, contents: String)],
        _ body: (String) async throws -> Value
    ) async throws -> Value {
        let folder = FileManager.default.temporaryDirectory.path + "/slipway-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for (path, contents) in files {
            let parent = "\(folder)/\(path)".split(separator: "/").dropLast().joined(separator: "/")
            try FileManager.default.createDirectory(atPath: "/\(parent)", withIntermediateDirectories: true)
            try Data(contents.utf8).write(to: URL(filePath: "\(folder)/\(path)"))
        }
        return try await body(folder)
    }

    private static func run(
        _ program: String,
        _ arguments: [String],
        input: String = "",
        folder: String? = nil
    ) async throws -> Verdict {
        let result = try await Subprocess.run(
            .path(FilePath(program)),
            arguments: Arguments(arguments),
            workingDirectory: folder.map { FilePath($0) },
            input: .string(input),
            output: .string(limit: 64 << 20),
            error: .string(limit: 16 << 20)
        )
        let words = result.standardOutput + result.standardError
        return Verdict(isAccepted: result.terminationStatus.isSuccess, words: words)
    }
}
