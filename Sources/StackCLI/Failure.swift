import ArgumentParser
import StackGraph
import Supervisor

/// What went wrong, in words for a person, and the exit code that tells a program.
///
/// Codes: 1 failed, 64 wrong usage, 78 configuration or secrets missing, 130 interrupted; 64 and 78 as in `sysexits.h`.
struct Failure: Error, CustomStringConvertible, Equatable {
    var lines: [String]
    var code: Int32

    var description: String { lines.joined(separator: "\n") }

    static let configuration: Int32 = 78

    init(_ lines: String..., code: Int32 = 1) {
        self.lines = lines
        self.code = code
    }

    init(_ error: any Error) {
        switch error {
        case let failure as Failure: self = failure
        case let error as StackError:
            self.lines =
                ["The stack has \(error.problems.count == 1 ? "a problem" : "\(error.problems.count) problems"):"]
                + error.problems.map { "  \($0)" }
            self.code = Self.configuration
        case let error as LocalPlanError:
            self.lines =
                ["These secrets have no value:"] + error.missingSecrets.map { "  \($0)" }
                + ["Set them in the environment or in .env, and run the command again."]
            self.code = Self.configuration
        case let error as StateError: self.init(error)
        default: self.init("\(error)")
        }
    }

    private init(_ error: StateError) {
        switch error {
        case .unwritable(let path):
            self.init("'\(path)' cannot be written. Check who owns it and whether the disk is full.")
        case .unreadable(let path):
            self.init("'\(path)' cannot be read. Remove it; it is made anew.", code: Self.configuration)
        case .running(let processID):
            let process = processID.map { " (PID \($0))" } ?? ""
            self.init("This stack already runs here\(process). See `infra status`; stop it with `infra down`.")
        }
    }

    init(_ conflicts: [PortHolder]) {
        self.lines = conflicts.map { conflict in
            let holder = conflict.process.map { "\($0.name) (PID \($0.id))" } ?? "another process"
            return "Port \(conflict.port) is taken by \(holder)."
        }
        self.lines.append("Stop \(conflicts.count == 1 ? "it" : "them"), or choose other ports with --port-offset.")
        self.code = 1
    }
}

/// Runs a command; a failure goes to standard error and becomes the exit code.
func reportingFailures(_ body: () async throws -> Void) async throws {
    do {
        try await body()
    } catch let code as ExitCode {
        throw code
    } catch {
        let failure = Failure(error)
        Terminal.error.write(failure.description)
        throw ExitCode(failure.code)
    }
}
