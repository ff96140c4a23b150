import Foundation
import ServiceKit
import Testing

@testable import ChatAPI

@Suite struct ConfigurationTests {
    /// Reads settings in a folder that has these files.
    static func configuration(
        _ environment: [String: String] = [:],
        files: [String: String] = [:]
    ) throws -> ChatConfiguration {
        let folder = FileManager.default.temporaryDirectory.path + "/chat-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for (path, text) in files {
            let url = URL(filePath: "\(folder)/\(path)")
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            try Data(text.utf8).write(to: url)
        }
        var environment = environment
        if let path = environment["CONFIG_PATH"] { environment["CONFIG_PATH"] = "\(folder)/\(path)" }
        var configuration = ChatConfiguration()
        try configuration.readBehaviour(SettingsReader(values: environment), in: folder)
        return configuration
    }

    static func problems(_ environment: [String: String] = [:], files: [String: String] = [:]) -> String {
        let error = #expect(throws: ConfigurationError.self) { try configuration(environment, files: files) }
        return (error?.description ?? "").replacing(/\/\S*\/chat-[0-9A-F-]+\//, with: "")
    }

    @Test func `the program alone has a configuration`() throws {
        let configuration = try Self.configuration()
        #expect(configuration.maximumPairs == 50)
        #expect(configuration.systemPrompt == PromptTemplate(plain: "You are a helpful assistant."))
        #expect(configuration.modelName == "gpt-3.5-turbo")
        #expect(configuration.temperature == nil)
        #expect(configuration.requestLimit == 256 * 1024)
        #expect(configuration.answerLimit == 1 << 20)
        #expect(configuration.generationLimit == 4096)
        #expect(configuration.patience == .milliseconds(500))
    }

    @Test func `each place wins over the next`() throws {
        let files = [
            "config/default.toml": "[chat]\nmax_conversation_pairs = 1\n[openai]\nmodel = 'a'\ntemperature = 0.5",
            "own.toml": "chat.max_conversation_pairs = 2\nopenai.model = \"b\"\nlimits.unfollowed_milliseconds = 9",
        ]
        let configuration = try Self.configuration(
            ["CONFIG_PATH": "own.toml", "OPENAI_MODEL": "c", "CONTEXT_TOKENS": "1000"],
            files: files
        )
        #expect(configuration.maximumPairs == 2)
        #expect(configuration.modelName == "c")
        #expect(configuration.temperature == 0.5)
        #expect(configuration.contextTokens == 1000)
        #expect(configuration.patience == .milliseconds(9))
        #expect(configuration.generationLimit == 4096)
    }

    @Test func `every problem is told at once, with its place`() {
        let words = Self.problems(
            ["CONFIG_PATH": "own.toml", "OPENAI_TEMPERATURE": "hot"],
            files: [
                "own.toml": """
                [chat]
                max_conversation_pair = 3
                default_system_prompt = "It is {{time}}."
                [openai]
                temperature = 3
                model = 4
                """
            ]
        )
        #expect(
            words == """
                own.toml: chat.default_system_prompt must be a text whose variables are {{date}}, {{user}}, {{model}}.
                own.toml: openai.model must be a text.
                OPENAI_TEMPERATURE must be a number from 0.0 to 2.0.
                own.toml: openai.temperature must be a number from 0.0 to 2.0.
                own.toml: chat.max_conversation_pair is no key of this service, maybe chat.max_conversation_pairs.
                """
        )
    }

    @Test func `a file that is no TOML is told with its line`() {
        let words = Self.problems(files: ["config/default.toml": "[chat]\nmax_conversation_pairs = \n"])
        #expect(words.hasPrefix("config/default.toml:2 "), "\(words)")
    }

    @Test func `a file that is not there is told`() {
        #expect(Self.problems(["CONFIG_PATH": "missing.toml"]) == "missing.toml cannot be read.")
    }

    @Test(arguments: ["[chat", "a = 1\na = 2", "\u{0}", "x = {", "date = 2026-13-45", "= 1"])
    func `broken files are problems, not accidents`(text: String) {
        #expect(!Self.problems(files: ["config/default.toml": text]).isEmpty)
    }
}
