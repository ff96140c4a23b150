import Foundation
import Renderers
import StackGraph
import Subprocess
import SystemPackage

/// A home folder, and programs that write down how they were called.
struct ScriptMachine {
    let folder: String

    struct Answer: Sendable {
        let code: Int32
        let words: String
    }

    /// What the scripts call; nothing else is on their path.
    private static let tools = [
        "cat", "chmod", "dirname", "flock", "grep", "head", "install", "mktemp", "mv", "od", "rm", "rmdir", "sed", "tr",
    ]

    init(folder: String) throws {
        self.folder = folder
        for name in ["home", "tools", "bin"] {
            try FileManager.default.createDirectory(atPath: "\(folder)/\(name)", withIntermediateDirectories: true)
        }
        for name in Self.tools { try program("tools/\(name)", Self.recorder + "exec /usr/bin/\(name) \"$@\"\n") }
        try program("tools/mv", Self.recorder + Self.failure + "exec /usr/bin/mv \"$@\"\n")
        try program("tools/systemctl", Self.recorder)
        try FileManager.default.createSymbolicLink(
            atPath: "\(folder)/tools/bash",
            withDestinationPath: "/usr/bin/bash"
        )
        for name in ["Api", "Worker", "infra"] { try program("bin/\(name)", "#!/bin/sh\n") }
    }

    private static let recorder = """
        #!/usr/bin/bash
        echo "${0##*/} $*" >>"$LOG"

        """

    /// Fails at the call of this number.
    private static let failure = """
        if [[ -n ${FAIL_AT:-} && $(/usr/bin/grep -c '^mv ' "$LOG") == "$FAIL_AT" ]]; then exit 1; fi

        """

    private func program(_ path: String, _ text: String) throws {
        try Data(text.utf8).write(to: URL(filePath: "\(folder)/\(path)"))
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: "\(folder)/\(path)")
    }

    /// Puts a rendered stack where the scripts are run from.
    func write(_ graph: Graph) throws {
        try? FileManager.default.removeItem(atPath: "\(folder)/stack")
        try FileManager.default.createDirectory(atPath: "\(folder)/stack", withIntermediateDirectories: true)
        for file in RenderFormat.systemd.render(graph).files {
            try Data(file.contents.utf8).write(to: URL(filePath: "\(folder)/stack/\(file.path)"))
            if file.isExecutable { try program("stack/\(file.path)", file.contents) }
        }
    }

    func write(_ text: String, to path: String) throws {
        let url = URL(filePath: "\(folder)/home/\(path)")
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: url)
    }

    /// Installs for the user, from the folder of programs that are there.
    func install(_ arguments: String..., environment: [String: String] = [:]) async throws -> Answer {
        let arguments = arguments.isEmpty ? ["--user", "--bin", "\(folder)/bin"] : arguments
        return try await bash("stack/install.sh \"$@\"", arguments, environment: environment)
    }

    func uninstall(_ arguments: String...) async throws -> Answer {
        try await bash("stack/uninstall.sh \"$@\"", arguments)
    }

    func bash(
        _ script: String,
        _ arguments: [String],
        environment: [String: String] = [:]
    ) async throws -> Answer {
        let variables = ["PATH": "\(folder)/tools", "HOME": "\(folder)/home", "LOG": "\(folder)/log"]
            .merging(environment) { $1 }
        let result = try await Subprocess.run(
            .path("/usr/bin/bash"),
            arguments: Arguments(["-c", script, "bash"] + arguments),
            environment: .custom(
                Dictionary(uniqueKeysWithValues: variables.map { (Environment.Key(stringLiteral: $0), $1) })
            ),
            workingDirectory: FilePath(folder),
            output: .string(limit: 1 << 20),
            error: .combinedWithOutput
        )
        switch result.terminationStatus {
        case .exited(let code): return Answer(code: code, words: result.standardOutput)
        case .signaled(let signal): return Answer(code: 128 + signal, words: result.standardOutput)
        }
    }

    /// Every file below the home folder with its contents.
    func files() throws -> [String: String] {
        let home = "\(folder)/home"
        let paths = FileManager.default.enumerator(atPath: home)?.compactMap { $0 as? String } ?? []
        var files: [String: String] = [:]
        for path in paths {
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: "\(home)/\(path)", isDirectory: &isFolder), !isFolder.boolValue
            else { continue }
            files[path] = try String(contentsOf: URL(filePath: "\(home)/\(path)"), encoding: .utf8)
        }
        return files
    }

    func mode(of path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: "\(folder)/home/\(path)")[.posixPermissions] as? Int
    }

    /// Every call of a program, one a line.
    func commandLines() throws -> String {
        try String(contentsOf: URL(filePath: "\(folder)/log"), encoding: .utf8)
    }
}
