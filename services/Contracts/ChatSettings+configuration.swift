public import Settings

/// What the chat container keeps and where, and how it behaves.
extension ChatSettings {
    /// Where conversations are kept; a database in the data directory where nothing is said.
    public static let tables = Setting<TableConnection>("TABLE_CONNECTION", required: false)
    /// The table of conversations.
    public static let conversationTable = "chats"

    public static let storeSettings = [tables.declaration]

    /// A file in TOML that overrides `config/default.toml`.
    public static let configurationFile = Setting<String>("CONFIG_PATH", required: false)
    /// How many questions with their answers a model is shown again.
    public static let maximumPairs = Setting<Int>("MAX_CONVERSATION_PAIRS", required: false)
    /// What a model is told before anything else, where the client does not say it.
    public static let systemPrompt = Setting<String>("DEFAULT_SYSTEM_PROMPT", required: false)
    /// How freely the model chooses, from 0 to 2.
    public static let temperature = Setting<Double>("OPENAI_TEMPERATURE", required: false)
    /// How many tokens the model takes in, where that is not known of it.
    public static let contextTokens = Setting<Int>("CONTEXT_TOKENS", required: false)

    public static let behaviourSettings = [
        configurationFile.declaration, maximumPairs.declaration, systemPrompt.declaration, temperature.declaration,
        contextTokens.declaration,
    ]
}
