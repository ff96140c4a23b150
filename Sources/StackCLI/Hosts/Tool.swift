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
        let screen = FileDescriptorOutput.fileDescriptor(.standardOutput, closeAfterSpawningProcess: false)
        let errors = FileDescriptorOutput.fileDescriptor(.standardError, closeAfterSpawningProcess: false)
        return try await ran(more, output: screen, error: errors).terminationStatus.isSuccess
    }

    /// Runs the program for what it says.
    ///
    /// - Returns: Whether it succeeded, with its output, or with its complaint.
    /// - Throws: ``Failure`` where it cannot be started.
    func answer(_ more: [String]) async throws -> (isGood: Bool, text: String) {
        let text = StringOutput<UTF8>.string(limit: Self.outputLimit)
        let result = try await ran(more, output: text, error: text)
        let isGood = result.terminationStatus.isSuccess
        return (isGood, isGood ? result.standardOutput : result.standardError)
    }

    private var updated: Environment {
        .inherit.updating(Dictionary(uniqueKeysWithValues: environment.map { (.init(stringLiteral: $0), $1) }))
    }

    private func ran<Output: OutputProtocol, Complaint: ErrorOutputProtocol>(
        _ more: [String],
        output: Output,
        error: Complaint
    ) async throws -> ExecutionResult<Void, Output, Complaint> {
        let program = words[0]
        do {
            return try await Subprocess.run(
                program.contains("/") ? .path(FilePath(program)) : .name(program),
                arguments: Arguments(words.dropFirst() + more),
                environment: updated,
                workingDirectory: directory.map { FilePath($0) },
                input: .none,
                output: output,
                error: error
            )
        } catch is SubprocessError {
            throw Failure("The program '\(program)' cannot be run here. Is it installed?")
        }
    }
}
