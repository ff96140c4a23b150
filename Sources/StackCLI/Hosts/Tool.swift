import Subprocess
import SystemPackage

/// A program of this machine that does a part of the work.
struct Tool: Sendable {
    /// The program, by its name or its path, and what always follows it.
    let words: [String]
    var directory: String?
    /// What it finds in its environment besides ours.
    var environment: [String: String] = [:]

    private static let outputLimit = 16 << 20

    /// Runs the program, which says what it has to say itself.
    ///
    /// - Returns: Whether it succeeded.
    /// - Throws: ``Failure`` where it cannot be started.
    func run(_ more: [String]) async throws -> Bool {
        let result = try await started(more) {
            try await Subprocess.run(
                $0,
                arguments: $1,
                environment: updated,
                workingDirectory: directory.map { FilePath($0) },
                input: .none,
                output: .fileDescriptor(.standardOutput, closeAfterSpawningProcess: false),
                error: .fileDescriptor(.standardError, closeAfterSpawningProcess: false)
            )
        }
        return result.terminationStatus.isSuccess
    }

    /// Runs the program for what it says.
    ///
    /// - Returns: Whether it succeeded, with its output, or with its complaint.
    /// - Throws: ``Failure`` where it cannot be started.
    func answer(_ more: [String]) async throws -> (isGood: Bool, text: String) {
        let result = try await started(more) {
            try await Subprocess.run(
                $0,
                arguments: $1,
                environment: updated,
                workingDirectory: directory.map { FilePath($0) },
                input: .none,
                output: .string(limit: Self.outputLimit),
                error: .string(limit: Self.outputLimit)
            )
        }
        let isGood = result.terminationStatus.isSuccess
        return (isGood, isGood ? result.standardOutput : result.standardError)
    }

    private var updated: Environment {
        .inherit.updating(Dictionary(uniqueKeysWithValues: environment.map { (.init(stringLiteral: $0), $1) }))
    }

    private func started<Result>(
        _ more: [String],
        _ start: (Executable, Arguments) async throws -> Result
    ) async throws -> Result {
        let program = words[0]
        do {
            return try await start(
                program.contains("/") ? .path(FilePath(program)) : .name(program),
                Arguments(words.dropFirst() + more)
            )
        } catch is SubprocessError {
            throw Failure("The program '\(program)' cannot be run here. Is it installed?")
        }
    }
}
