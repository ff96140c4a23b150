import Foundation
import JSONText
import Subprocess
import Synchronization
import SystemPackage
import Testing

/// The stack `Lightening`, run as a user runs it: by the `infra` program, in a folder of its own.
struct LocalSystem {
    let folder: URL
    let portOffset: Int
    let environment: [String: String]

    var eventsURL: String { "http://127.0.0.1:\(7071 + portOffset)" }
    var chatURL: String { "http://127.0.0.1:\(8000 + portOffset)" }

    /// Each system of a run has ports of its own.
    private static let offsets = Mutex(Int.random(in: 1000..<20000))

    struct Result {
        let output: String
        let errors: String
        let code: Int32
    }

    init(folder: URL, portOffset: Int, environment: [String: String]) {
        self.folder = folder
        self.portOffset = portOffset
        self.environment = environment
    }

    init(environment: [String: String] = [:]) throws {
        self.folder = FileManager.default.temporaryDirectory.appending(path: "slipway-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        self.portOffset = Self.offsets.withLock { offset in
            offset += 1
            return offset
        }
        self.environment = environment
    }

    /// Runs the stack in the background while the body does its work, and stops it after.
    static func running<Value>(
        stage: String = "dev",
        scaleToZero: Bool = false,
        environment: [String: String] = [:],
        _ body: (LocalSystem) async throws -> Value
    ) async throws -> Value {
        let system = try LocalSystem(environment: environment)
        try await system.start(stage: stage, scaleToZero: scaleToZero)
        do {
            let value = try await body(system)
            _ = try await system.infra("down")
            try FileManager.default.removeItem(at: system.folder)
            return value
        } catch {
            Attachment.record(system.allLogs, named: "logs.txt")
            _ = try await system.infra("down")
            throw error
        }
    }

    func start(stage: String = "dev", scaleToZero: Bool = false) async throws {
        let words = ["up", "--detach", "--stage", stage, "--port-offset", String(portOffset)]
        let result = try await infra(words + (scaleToZero ? ["--scale-to-zero"] : []))
        try #require(result.code == 0, "\(result.errors)")
    }

    /// Runs `infra` with these words, in the folder of the system.
    func infra(_ words: String...) async throws -> Result {
        try await infra(words)
    }

    func infra(_ words: [String]) async throws -> Result {
        try await run("infra", words)
    }

    /// Runs a program that was built beside `infra`, in the folder of the system.
    func run(_ program: String, _ words: [String], with additions: [String: String] = [:]) async throws -> Result {
        let programs = URL(filePath: Self.program).deletingLastPathComponent()
        let result = try await Subprocess.run(
            .path(.init(programs.appending(path: program).path)),
            arguments: Arguments(words),
            environment: .custom(variables(with: additions)),
            workingDirectory: .init(folder.path),
            output: .string(limit: 1 << 20),
            error: .string(limit: 1 << 20)
        )
        let code: Int32 =
            switch result.terminationStatus {
            case .exited(let code): code
            case .signaled(let signal): 128 + signal
            }
        return Result(output: result.standardOutput, errors: result.standardError, code: code)
    }

    var variables: [Environment.Key: String] { variables(with: [:]) }

    private func variables(with additions: [String: String]) -> [Environment.Key: String] {
        let inherited = ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? "", "HOME": folder.path]
        let all = inherited.merging(environment) { _, given in given }.merging(additions) { _, given in given }
        return Dictionary(uniqueKeysWithValues: all.map { (Environment.Key(stringLiteral: $0), $1) })
    }

    /// The programs are built beside the tests.
    static var program: String {
        let tests =
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? Bundle.main.bundlePath
        return URL(filePath: tests).deletingLastPathComponent().appending(path: "infra").path
    }

    func token(for user: String) async throws -> String {
        let result = try await infra("token", "--user", user)
        try #require(result.code == 0, "\(result.errors)")
        return result.output.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    // MARK: What runs

    func status() async throws -> JSON {
        try JSON(parsing: try await infra("status", "--json").output)
    }

    func processID(of service: String) async throws -> Int32? {
        let services = try await status()["services"]?.array ?? []
        return services.first { $0["name"]?.string == service }?["processID"]?.integer.map(Int32.init)
    }

    /// The processes that were started in this system's folder and still run.
    var processIDs: [Int32] {
        let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return entries.compactMap { Int32($0) }.filter { id in
            let directory = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(id)/cwd")
            return directory == folder.path && id != ProcessInfo.processInfo.processIdentifier
        }
    }

    // MARK: What was written

    var allLogs: String {
        let logs = folder.appending(path: ".slipway/logs")
        let files = (try? FileManager.default.contentsOfDirectory(atPath: logs.path)) ?? []
        return files.sorted().map { (try? String(contentsOf: logs.appending(path: $0), encoding: .utf8)) ?? "" }
            .joined()
    }
}

/// Waits for something that happens soon, and gives up after a while.
func eventually(within patience: Duration = .seconds(30), _ condition: () async throws -> Bool) async throws {
    let deadline = ContinuousClock.now + patience
    while try await !condition() {
        try #require(ContinuousClock.now < deadline, "it did not happen within \(patience)")
        try await Task.sleep(for: .milliseconds(10))
    }
}
