import Foundation
import Renderers
import StackGraph
import StackModel
import Subprocess
import SystemPackage
import Testing
import ValidatorTools

@testable import infra

/// Programs and archives of tests, and the tools that look at them.
enum Workshop {
    static var hasCompiler: Bool { Validators.isCI || FileManager.default.isExecutableFile(atPath: "/usr/bin/cc") }
    static var hasUnzip: Bool { Validators.isCI || FileManager.default.isExecutableFile(atPath: "/usr/bin/zipinfo") }
    static let noCompiler: Comment = "there is no C compiler; install gcc and libc6-dev"
    static let noUnzip: Comment = "there is no unzip; install it"

    /// Makes a program without libraries that prints a word.
    static func program(saying word: String = "ready", in folder: String) async throws -> FilePath {
        let source = "\(folder)/\(word).c"
        try Data("#include <stdio.h>\nint main(void) { return puts(\"\(word)\") < 0; }\n".utf8)
            .write(to: URL(filePath: source))
        try await run("cc", "-static", "-s", "-o", "\(folder)/\(word)", source)
        return FilePath("\(folder)/\(word)")
    }

    /// Runs a program that must succeed.
    @discardableResult
    static func run(_ program: String, _ arguments: String..., in folder: String? = nil) async throws -> String {
        let result = try await Subprocess.run(
            .name(program),
            arguments: Arguments(arguments),
            workingDirectory: folder.map { FilePath($0) },
            output: .string(limit: 1 << 20),
            error: .string(limit: 1 << 20)
        )
        #expect(result.terminationStatus.isSuccess, "\(result.standardError)")
        return result.standardOutput
    }

    /// What is rendered for the host of the only function app.
    static func rendered() throws -> [RenderedFile] { FunctionsRenderer().render(try graph()).files }

    static func graph() throws -> Graph { try Lightening(stage: .dev).stack.lowered() }
}
