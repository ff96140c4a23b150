import Subprocess

/// Runs programs of this machine to their end.
public protocol CommandRunner: Sendable {
    /// Runs a program that the path finds.
    ///
    /// - Returns: What it did; `nil` where there is no such program.
    /// - Throws: `CancellationError`.
    func run(_ program: String, _ arguments: [String]) async throws -> CommandResult?
}

/// How a program ended, and what it wrote.
public struct CommandResult: Sendable {
    public let isSuccess: Bool
    /// May hold secrets.
    public let output: String
    public let complaint: String

    public init(isSuccess: Bool, output: String, complaint: String = "") {
        self.isSuccess = isSuccess
        self.output = output
        self.complaint = complaint
    }
}

extension CommandResult: CustomReflectable {
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}

/// Runs programs as processes.
public struct ProcessCommandRunner: CommandRunner {
    private static let outputLimit = 1 << 20

    public init() {}

    public func run(_ program: String, _ arguments: [String]) async throws -> CommandResult? {
        do {
            let result = try await Subprocess.run(
                .name(program),
                arguments: Arguments(arguments),
                input: .none,
                output: .string(limit: Self.outputLimit),
                error: .string(limit: Self.outputLimit)
            )
            return CommandResult(
                isSuccess: result.terminationStatus.isSuccess,
                output: result.standardOutput,
                complaint: result.standardError
            )
        } catch {
            try Task.checkCancellation()
            return nil
        }
    }
}
