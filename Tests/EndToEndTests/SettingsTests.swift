import Foundation
import Subprocess
import SystemPackage
import Testing

struct SettingsTests {
    @Test(arguments: [["ChatAPI"], ["EventFunctions"], ["ChatAPI", "--role", "worker"]])
    func `a service says what is wrong with a setting, ends with 78 and keeps the key to itself`(
        words: [String]
    ) async throws {
        let canary = "sk-canary-of-a-bad-start"
        let folder = URL(filePath: LocalSystem.program).deletingLastPathComponent()
        let result = try await Subprocess.run(
            .path(.init(folder.appending(path: words[0]).path)),
            arguments: Arguments(Array(words.dropFirst())),
            environment: .custom([
                "OPENAI_BASE_URL": "nonsense", "OPENAI_API_KEY": canary, "SERVICEBUS_QUEUE": "e",
                "GENERATION_QUEUE": words.count > 1 ? "g" : "", "DEAD_LETTER_QUEUE": "d", "JWT_SIGNING_KEY": canary,
                "SERVICEBUS_CONNECTION":
                    "Endpoint=sb://127.0.0.1:9;SharedAccessKeyName=a;SharedAccessKey=\(canary);UseDevelopmentEmulator=true",
            ]),
            workingDirectory: .init(FileManager.default.temporaryDirectory.path),
            output: .string(limit: 1 << 16),
            error: .string(limit: 1 << 16)
        )
        #expect(result.terminationStatus == .exited(78))
        #expect(result.standardOutput.contains("must be"))
        #expect(!(result.standardOutput + result.standardError).contains(canary))
    }

    @Test(.timeLimit(.minutes(1)), arguments: ["ChatAPI", "EventFunctions"])
    func `a service that cannot read the file of a secret says which variable names it`(program: String) async throws {
        let result = try await LocalSystem().run(program, [], with: ["JWT_SIGNING_KEY_FILE": "/nowhere/at-all"])
        #expect(result.code == 78)
        #expect(result.output.contains("JWT_SIGNING_KEY_FILE"))
        #expect(!result.output.contains("at-all"))
    }
}
