import Subprocess
import SystemPackage
import Testing

@testable import StackCLI

struct ExamplesTests {
    @Test(arguments: [
        "", "plain", "two words", "'", "''", "it's", "'; echo broken; '", "$(echo broken)", "`echo broken`", "$HOME",
        "\"", "\\", "\\'", "a\nb", "a\r\nb", "* ? [a]", "!history", "#", "~", "-n", "%s %d", "größe 日本 🦀", "\u{1B}[31m",
        "'\u{301}; echo broken #", "\u{200D}'\u{FE0F}",
        #"{"metadata":{"messages":[{"role":"user","content":"What's this?"}]}}"#,
    ])
    func `a quoted word reaches a program as it was`(word: String) async throws {
        let result = try await Subprocess.run(
            .path("/bin/sh"),
            arguments: ["-c", "printf %s \(Examples.quoted(word))"],
            output: .bytes(limit: 4096),
            error: .discarded
        )
        #expect(result.terminationStatus == .exited(0))
        #expect(result.standardOutput == Array(word.utf8))
    }
}
