import Contracts
import JSONText
import ModelStreaming
import ServiceKit
import Settings

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension ChatConfiguration {
    /// Where the file is looked for that takes the place of the one inside the program.
    private static let standardFile = "config/default.toml"

    /// Reads what files and the environment say of how the service behaves.
    ///
    /// - Parameters:
    ///   - settings: The environment and its kin.
    ///   - folder: Where `config/default.toml` may be.
    /// - Throws: ``ConfigurationError`` with everything that is wrong.
    mutating func readBehaviour(_ settings: SettingsReader, in folder: String = ".") throws(ConfigurationError) {
        var reader = Self.reader(settings, in: folder)
        maximumPairs =
            reader.integer("chat.max_conversation_pairs", or: ChatSettings.maximumPairs, in: 0...10_000)
            ?? maximumPairs
        systemPrompt =
            reader.text(
                "chat.default_system_prompt",
                or: ChatSettings.systemPrompt,
                expected: "a text whose variables are \(Self.variables)"
            ) { try? PromptTemplate($0) } ?? systemPrompt
        modelName = reader.text("openai.model", or: ModelSettings.model) ?? modelName
        temperature = reader.number("openai.temperature", or: ChatSettings.temperature, in: 0...2)
        contextTokens = reader.integer("limits.context_tokens", or: ChatSettings.contextTokens, in: 256...100_000_000)
        requestLimit = reader.integer("limits.request_bytes", in: 1024...64 << 20) ?? requestLimit
        answerLimit = reader.integer("limits.answer_bytes", in: 1024...64 << 20) ?? answerLimit
        generationLimit = reader.integer("limits.generations", in: 1...1_000_000) ?? generationLimit
        if let milliseconds = reader.integer("limits.unfollowed_milliseconds", in: 0...3_600_000) {
            patience = .milliseconds(milliseconds)
        }
        try reader.check()
    }

    private static var variables: String {
        PromptTemplate.Variable.allCases.map { "{{\($0.rawValue)}}" }.joined(separator: ", ")
    }

    /// The files in the order of their strength, as far as they can be read.
    private static func reader(_ settings: SettingsReader, in folder: String) -> ConfigurationReader {
        var files: [ConfigurationFile] = []
        var problems: [ConfigurationProblem] = []
        func read(_ file: () throws(ConfigurationProblem) -> ConfigurationFile) {
            do { files.append(try file()) } catch { problems.append(error) }
        }
        if let path = settings.value(of: ChatSettings.configurationFile) {
            read { () throws(ConfigurationProblem) in try ConfigurationFile(path: path) }
        }
        let path = "\(folder)/\(standardFile)"
        if FileManager.default.fileExists(atPath: path) {
            read { () throws(ConfigurationProblem) in try ConfigurationFile(path: path) }
        }
        read { () throws(ConfigurationProblem) in
            try ConfigurationFile(String(decoding: PackageResources.default_toml, as: UTF8.self), name: standardFile)
        }
        return ConfigurationReader(settings, files: files, problems: problems)
    }
}
