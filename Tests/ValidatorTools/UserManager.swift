import Foundation
import Subprocess
import SystemPackage
public import Testing

/// A real `systemd --user` without privileges, with a home folder of its own.
public struct UserManager {
    /// The home folder; the manager's user owns it.
    public let home: String

    public struct Answer: Sendable {
        public let code: Int32
        public let words: String
    }

    public static let reason: Comment =
        "a service manager can only be started by root of a machine that allows namespaces"

    /// Whether one can be started here: containers without privileges cannot, `CI=true` or not.
    public static func isPossible() async throws -> Bool {
        let script = "\(Validators.package)/Tests/Validators/user-manager.sh"
        return try await Validators.tool("bash", script, "--check", in: "/").isAccepted
    }

    /// Runs a manager while the body does its work, and ends it with all that it started.
    public static func running<Value: Sendable>(_ body: (UserManager) async throws -> Value) async throws -> Value {
        let home = FileManager.default.temporaryDirectory.path + "/slipway-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: home, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: home) }
        let result = try await Subprocess.run(
            .path("/usr/bin/bash"),
            arguments: ["\(Validators.package)/Tests/Validators/user-manager.sh", home],
            input: .inputWriter,
            output: .sequence,
            error: .combinedWithOutput
        ) { execution -> Result<Value, any Error> in
            // What fails is told when the manager has ended and cleaned up: to throw here would end the script at once.
            do {
                var words = ""
                for try await buffer in execution.standardOutput {
                    words += buffer.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
                    if words.hasSuffix("ready\n") { break }
                }
                try #require(words.hasSuffix("ready\n"), "\(words)")
                return .success(try await body(UserManager(home: home)))
            } catch {
                return .failure(error)
            }
        }
        return try result.closureResult.get()
    }

    /// Runs a script as the user of the manager.
    public func bash(
        _ script: String,
        _ arguments: String...,
        environment: [String: String] = [:]
    ) async throws -> Answer {
        let variables = ["PATH": "/usr/bin:/bin", "HOME": home, "XDG_RUNTIME_DIR": "\(home)/runtime"]
            .merging(environment) { $1 }
        let result = try await Subprocess.run(
            .path("/usr/bin/setpriv"),
            arguments: Arguments(
                ["--reuid", "65534", "--regid", "65534", "--clear-groups", "bash", "-c", script, "bash"] + arguments
            ),
            environment: .custom(
                Dictionary(uniqueKeysWithValues: variables.map { (Environment.Key(stringLiteral: $0), $1) })
            ),
            workingDirectory: FilePath(home),
            output: .string(limit: 1 << 22),
            error: .combinedWithOutput
        )
        let words = result.standardOutput.trimmingCharacters(in: .whitespacesAndNewlines)
        switch result.terminationStatus {
        case .exited(let code): return Answer(code: code, words: words)
        case .signaled(let signal): return Answer(code: 128 + signal, words: words)
        }
    }

    /// Runs a script that must succeed, and gives what it wrote.
    @discardableResult
    public func must(
        _ script: String,
        environment: [String: String] = [:],
        at location: SourceLocation = #_sourceLocation
    ) async throws -> String {
        let answer = try await bash("set -euo pipefail\n" + script, environment: environment)
        try #require(answer.code == 0, "\(script): \(answer.words)", sourceLocation: location)
        return answer.words
    }

    /// One property of a unit, as the manager knows it.
    public func property(_ name: String, of unit: String) async throws -> String {
        try await must("systemctl --user show --value --property '\(name)' '\(unit)'")
    }

    /// Waits until a script succeeds; fails the test when it never does.
    public func eventually(_ script: String, at location: SourceLocation = #_sourceLocation) async throws {
        let patient = "for _ in {1..300}; do if ( \(script) ); then exit 0; fi; sleep 0.1; done; exit 1"
        let answer = try await bash(patient)
        try #require(answer.code == 0, "never: \(script): \(answer.words)", sourceLocation: location)
    }

    /// Writes the files of a stack where the user can read them.
    public func write(_ files: [(path: String, contents: String, isExecutable: Bool)], into folder: String) throws {
        for file in files {
            let path = "\(home)/\(folder)/\(file.path)"
            let parent = path.split(separator: "/").dropLast().reduce(into: "") { $0 += "/\($1)" }
            try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
            let mode = file.isExecutable ? 0o755 : 0o644
            try #require(
                FileManager.default.createFile(
                    atPath: path,
                    contents: Data(file.contents.utf8),
                    attributes: [.posixPermissions: mode]
                )
            )
        }
    }

    /// Where the programs of this package are: beside the tests.
    public static var products: String {
        let tests =
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? Bundle.main.bundlePath
        return tests.split(separator: "/").dropLast().reduce(into: "") { $0 += "/\($1)" }
    }
}
