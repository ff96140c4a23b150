import Foundation
import Logging
public import ServiceLifecycle
import Subprocess

#if canImport(System)
import System
#else
import SystemPackage
#endif

/// What the host starts.
public enum HandlerProgram: Sendable {
    /// The executable that `host.json` names, in a process of its own.
    case process
    /// The same parts in this process, made for an environment.
    case services(@Sendable ([String: String]) async throws -> [any Service])

    /// Runs the program until the host stops, and starts it again whenever it ends before.
    func run(_ folder: FunctionAppFolder, environment: [String: String], control: HandlerControl) async throws {
        while control.begin() {
            switch self {
            case .process: try await Self.process(folder, environment, control)
            case .services(let make): try await Self.serve(try await make(environment), control)
            }
        }
    }

    private static func serve(_ services: [any Service], _ control: HandlerControl) async throws {
        let silent = Logger(label: "handler") { _ in SwiftLogNoOpLogHandler() }
        let group = ServiceGroup(configuration: .init(services: services, logger: silent))
        await control.follow(
            stop: { await group.triggerGracefulShutdown() },
            kill: {}
        )
        try await group.run()
    }

    private static func process(
        _ folder: FunctionAppFolder,
        _ environment: [String: String],
        _ control: HandlerControl
    ) async throws {
        let file = "\(folder.path)/\(folder.executable)"
        let executable: Executable =
            FileManager.default.fileExists(atPath: file) ? .path(FilePath(file)) : .name(folder.executable)
        let arguments = folder.arguments.map { argument in
            environment.reduce(argument) { $0.replacingOccurrences(of: "%\($1.key)%", with: $1.value) }
        }
        let variables = environment.map { (Environment.Key(stringLiteral: $0.key), $0.value) }
        _ = try await Subprocess.run(
            executable,
            arguments: Arguments(arguments),
            environment: .custom(Dictionary(uniqueKeysWithValues: variables)),
            workingDirectory: FilePath(folder.path),
            input: .none,
            output: .sequence,
            error: .combinedWithOutput
        ) { execution in
            await control.follow(
                stop: { await execution.teardown(using: [.gracefulShutDown(allowedDurationToNextStep: .seconds(10))]) },
                kill: { try? execution.send(signal: .kill) }
            )
            // It ends with the process.
            for try await buffer in execution.standardOutput {
                control.log(buffer.withUnsafeBytes { String(decoding: $0, as: UTF8.self) })
            }
        }
    }
}
