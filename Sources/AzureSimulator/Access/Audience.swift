/// Whom a token is for.
///
/// Source: the scopes of learn.microsoft.com/rest/api/gettingstarted and of each data plane's own page on authorization
enum Audience: Sendable, Hashable {
    case management
    case vault
    case storage(account: String, String)
    case documents(account: String)

    /// The texts that a token may name it by.
    func accepts(_ text: String) -> Bool {
        let plain = Self.plain(text)
        switch self {
        case .management:
            return ["https://management.azure.com", "https://management.core.windows.net"].contains(plain)
        case .vault: return plain == "https://vault.azure.net"
        case .storage(let account, let service):
            return plain == "https://storage.azure.com" || plain == "https://\(account).\(service).core.windows.net"
        case .documents(let account):
            return plain == "https://cosmos.azure.com" || plain == "https://\(account.lowercased()).documents.azure.com"
        }
    }

    /// What tokens can be had for at all.
    static func isKnown(_ resource: String) -> Bool {
        let plain = plain(resource)
        let known = [
            "management.azure.com", "management.core.windows.net", "vault.azure.net", "storage.azure.com",
            "servicebus.azure.net", "cosmos.azure.com", "containerregistry.azure.net", "cognitiveservices.azure.com",
            "ai.azure.com", "redis.azure.com",
        ]
        return known.contains { plain == "https://\($0)" } || plain.hasSuffix(".core.windows.net")
            || plain.hasSuffix(".documents.azure.com")
    }

    /// Without slashes at the end, which come and go.
    static func plain(_ text: String) -> String {
        var text = text.lowercased()[...]
        while text.last == "/" { text.removeLast() }
        return String(text)
    }
}
