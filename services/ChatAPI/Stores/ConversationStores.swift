import AsyncHTTPClient
import Azure
import Contracts
import Logging
import ServiceKit
import Settings

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Opens the store that the settings name: in Azure its tables, on a machine SQLite.
///
/// A setting that is an address leads to Azure, with the identity of the app. One that is a path leads to a folder, which
/// is what a stack gives on a machine. Without a setting the data directory takes its place.
enum ConversationStores {
    /// Opens the store.
    ///
    /// - Parameters:
    ///   - configuration: Says where.
    ///   - client: Made with `HTTPClient.Configuration.azure`; stays the caller's to shut down.
    ///   - steadily: Does what a cancelled task has begun.
    ///   - logger: Where requests to Azure are logged.
    ///   - environment: Says which identity the app has.
    /// - Returns: The store; whether Azure can be reached shows when it is used.
    /// - Throws: `SettingsError` where the setting names nothing that can be opened.
    static func open(
        _ configuration: ChatConfiguration,
        client: HTTPClient,
        steadily: SteadyWork,
        logger: Logger,
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(SettingsError) -> any ConversationStore {
        guard let text = configuration.tables else {
            return try folder(configuration.dataDirectory, named: HostSettings.dataDirectory)
        }
        switch TableLocation(text.unsafeRevealed) {
        case .folder(let path): return try folder(path, named: ChatSettings.tables)
        case .account(let address, let account, let key):
            let connection = AzureConnection(client: client, logger: logger)
            let chain = CredentialChain(environment: environment, cloud: .public, connection: connection)
            let table = TableClient(
                ChatSettings.conversationTable,
                at: address,
                account: account,
                credential: key.map { .key($0) } ?? .identity(TokenCache(chain, connection: connection)),
                connection: connection
            )
            return TableConversationStore(table, steadily: steadily)
        case nil:
            throw .invalid(
                name: ChatSettings.tables.name,
                expected: "an address in Azure, the path of a folder, or AccountName=…;AccountKey=…"
            )
        }
    }

    private static func folder<Value>(
        _ path: String,
        named setting: Setting<Value>
    ) throws(SettingsError) -> any ConversationStore {
        do {
            return try SQLiteConversationStore(folder: path)
        } catch {
            throw .invalid(name: setting.name, expected: "a folder where this process may write a database")
        }
    }
}
