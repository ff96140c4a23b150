import ChatResponding
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
    /// Where conversations are kept, when not there; it may hold a key.
    var tables: SecretValue?
    /// Who answers.
    var model = ModelChoice.offline
    /// The model to ask for, where there is a choice.
    var modelName: String?
    /// How long the body of a request may take to arrive.
    var bodyPatience = Duration.seconds(10)
    /// What a model is told before anything else, where the client does not say it.
    var systemPrompt = PromptTemplate(plain: "You are a helpful assistant.")
    /// How many questions with their answers a model is shown again.
    var maximumPairs = 50
    /// How freely the model chooses, where nobody says it.
    var temperature: Double?
    /// How many tokens the model takes in, where somebody knows better than this program.
    var contextTokens: Int?
    /// The largest request and the longest answer, in bytes.
    var requestLimit = 256 * 1024
    var answerLimit = 1 << 20
    /// A Redis server that keeps answers for all replicas; it may hold a password.
    var cache: SecretValue?
    /// How long an answer is kept after its end.
    var cacheLifetime = Duration.seconds(900)
    /// How many answers are made at once.
    var generationLimit = 4096
    /// How long an answer goes on that nobody follows.
    var patience = GenerationEngine.Rules().patience
    /// Questions that one user may ask in a minute; `nil` for as many as come.
    var questionsPerMinute: Int?
    /// Answers that one user is given at the same time; `nil` for as many as come.
    var concurrentStreams: Int?
    /// Proxies before the service that tell the address of a client.
    var trustedProxies = 0
    /// Pages of others that may use the service; `nil` for none.
    var crossOrigin: CrossOriginPolicy?
    /// Where chats go as events; without it the page does not offer that.
    var eventsURL: String?
    /// Signs the tokens that go to the event API, where requests need none here.
    var eventsSigningKey: SecretValue?
    /// With a key, what is delivered to users must be signed with it.
    var notifySigningKey: SecretValue?
}

extension ChatConfiguration {
    /// What makes prompts for a model, as configured.
    func prompter(for model: String) -> Prompter {
        let tokens = contextTokens ?? ContextWindow.tokens(of: model) ?? ContextWindow.usualTokens
        return Prompter(
            template: systemPrompt,
            window: ContextWindow(tokens: tokens, pairs: maximumPairs),
            temperature: temperature,
            modelName: model
        )
    }

    /// Reads the settings.
    ///
    /// - Throws: `SettingsError` for a value that cannot be used, ``ConfigurationError`` for those of files.
    init(_ settings: SettingsReader) throws {
        self.init()
        host = settings.value(of: HostSettings.host) ?? host
        if let text = settings.value(of: HostSettings.port) {
            guard let number = UInt16(text) else {
                throw SettingsError.invalid(name: HostSettings.port.name, expected: "a port number from 0 to 65535")
            }
            port = Int(number)
        }
        signingKey = settings.value(of: ChatSettings.signingKey)
        dataDirectory = settings.value(of: HostSettings.dataDirectory) ?? dataDirectory
        tables = settings.value(of: ChatSettings.tables).map { SecretValue($0) }
        cache = settings.value(of: ChatSettings.cache).map { SecretValue($0) }
        if let seconds = try settings.integer(ChatSettings.cacheLifetime, in: 1...86_400) {
            cacheLifetime = .seconds(seconds)
        }
        questionsPerMinute = try settings.integer(ChatSettings.rateLimit, in: 1...1_000_000)
        concurrentStreams = try settings.integer(ChatSettings.concurrentStreams, in: 1...100_000)
        trustedProxies = try settings.integer(ChatSettings.trustedProxies, in: 0...10) ?? trustedProxies
        crossOrigin = try settings.crossOrigin(HostSettings.allowedOrigins)
        try readBehaviour(settings)
        model = try ModelChoice(settings, standardName: modelName ?? ModelChoice.standardName)
        eventsURL = settings.value(of: ChatSettings.eventsURL)
        eventsSigningKey = settings.value(of: ChatSettings.eventsSigningKey)
        notifySigningKey = settings.value(of: ChatSettings.notifySigningKey)
    }
}
