import Contracts
import Logging
import Redis
import ServiceKit
import ServiceLifecycle
import Settings

/// Which log keeps the answers, as the settings say.
enum ResponseLogs {
    /// Opens the log: in Redis where an address is given, else in this process.
    ///
    /// - Parameters:
    ///   - configuration: What the settings say.
    ///   - takesOver: Whether this process can go on with what another has begun.
    ///   - logger: Is told when answers cannot be shared.
    /// - Returns: The log, and what has to run for it, in this order.
    /// - Throws: `SettingsError` for an address that is none.
    static func open(
        _ configuration: ChatConfiguration,
        takesOver: Bool = true,
        logger: Logger
    ) throws(SettingsError) -> (any ResponseLog, [any Service]) {
        guard let url = configuration.cache else {
            let log = InMemoryResponseLog(
                lifetime: configuration.cacheLifetime,
                answerLimit: configuration.answerLimit
            )
            return (log, [])
        }
        let client = RedisClient(try address(url, ChatSettings.cache.name), logger: logger)
        var rules = RedisResponseLog.Rules()
        rules.lifetime = configuration.cacheLifetime
        rules.answerLimit = configuration.answerLimit
        rules.takesOver = takesOver
        let log = RedisResponseLog(client, rules: rules, logger: logger)
        return (log, [client, log])
    }

    /// Reads an address of a Redis server.
    static func address(_ url: SecretValue, _ setting: String) throws(SettingsError) -> RedisAddress {
        do {
            return try RedisAddress(parsing: url)
        } catch {
            throw .invalid(name: setting, expected: "the address of a Redis server, such as redis://localhost:6379/0")
        }
    }
}
