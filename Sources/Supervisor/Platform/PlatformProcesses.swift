#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// The few calls to the C library about processes.
public enum PlatformProcesses {
    public static var currentID: Int { Int(getpid()) }

    /// Asks a process to end.
    public static func terminate(_ processID: Int) {
        _ = kill(pid_t(processID), SIGTERM)
    }

    /// Leaves the terminal and its signals behind.
    public static func leaveTerminal() {
        _ = setsid()
    }

    /// Starts a program that outlives this one, with its output in a file and no input.
    ///
    /// - Parameters:
    ///   - words: The path of the program, and its arguments.
    ///   - environment: Its environment.
    ///   - output: The file for what it writes; begun anew.
    /// - Returns: The id of the process.
    /// - Throws: ``StateError/unwritable(path:)`` when it cannot be started.
    public static func spawnDetached(
        _ words: [String],
        environment: [String: String],
        output: String
    ) throws -> Int {
        #if canImport(Darwin)
        var actions: posix_spawn_file_actions_t?
        #else
        var actions = posix_spawn_file_actions_t()
        #endif
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        var arguments = words.map { strdup($0) } + [nil]
        var variables = environment.map { strdup("\($0)=\($1)") } + [nil]
        defer { for text in arguments + variables { free(text) } }
        var processID = pid_t()
        guard posix_spawn(&processID, words[0], &actions, nil, &arguments, &variables) == 0 else {
            throw StateError.unwritable(path: output)
        }
        return Int(processID)
    }

    /// Whether a process that this one started still runs.
    public static func isRunning(child processID: Int) -> Bool {
        var status: Int32 = 0
        return waitpid(pid_t(processID), &status, WNOHANG) == 0
    }
}
