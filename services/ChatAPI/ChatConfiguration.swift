import Contracts
import ModelStreaming
import ServiceKit
import Settings

/// What the settings of the service say, read and checked once.
struct ChatConfiguration: Sendable {
    var host = "127.0.0.1"
    var port = 8000
    /// With a key, requests need a token that is signed with it.
    var signingKey: SecretValue?
    /// The folder of the history database.
    var dataDirectory = ".slipway/data/chat"
    var modelKey: SecretValue?
    var modelBaseURL: String?
    var modelName: String?
    /// How long the body of a request may take to arrive.
    var bodyPatience = Duration.seconds(10)
    /// What a model is told before anything else, where the client does not say it.
    var systemPrompt = "You are a helpful assistant."
}

extension ChatConfiguration {
    /// Reads the settings.
    ///
    /// - Throws: `SettingsError` for a value that cannot be used.
    init(_ settings: SettingsReader) throws(SettingsError) {
        self.init()
        host = settings.value(of: HostSettings.host) ?? host
        if let text = settings.value(of: HostSettings.port) {
            guard let number = UInt16(text) else {
                throw .invalid(name: HostSettings.port.name, expected: "a port number from 0 to 65535")
            }
            port = Int(number)
        }
        signingKey = settings.value(of: ChatSettings.signingKey)
        dataDirectory = settings.value(of: HostSettings.dataDirectory) ?? dataDirectory
        modelKey = settings.value(of: ModelSettings.key)
        modelBaseURL = settings.value(of: ModelSettings.baseURL)
        modelName = settings.value(of: ModelSettings.model)
    }
}
