public import Settings

/// Which language model answers; without a key, a built-in responder does, and says so.
public enum ModelSettings {
    public static let key = SecretSetting<String>(
        "OPENAI_API_KEY",
        required: false,
        fallback: SettingFallback(offline, unless: "OPENAI_BASE_URL")
    )
    /// The address of an OpenAI-compatible server, its version included: `http://localhost:11434/v1`.
    public static let baseURL = Setting<String>("OPENAI_BASE_URL", required: false)
    public static let model = Setting<String>("OPENAI_MODEL", required: false)

    static let offline = "the built-in offline responder answers"

    public static let all = [key.declaration, baseURL.declaration, model.declaration]
}

/// Where a service listens, and how much it says.
public enum HostSettings {
    public static let port = Setting<String>("PORT", required: false)
    /// The address to listen on; loopback by default, `0.0.0.0` in a container.
    public static let host = Setting<String>("HOST", required: false)
    /// The folder that the service may write to and finds again after a restart.
    public static let dataDirectory = Setting<String>("DATA_DIRECTORY", required: false)
    public static let logLevel = Setting<String>("LOG_LEVEL", required: false)

    public static let all = [port.declaration, host.declaration, logLevel.declaration]
}
