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

/// Opens the stores that the settings name: in Azure its services, on a machine SQLite.
///
/// A setting that is an address leads to Azure, with the identity of the app. One that is a path leads to a folder, which
/// is what a stack gives on a machine. Without a setting the data directory takes its place; without that, too, the
/// store is in memory and ends with the process.
struct EventStores: Sendable {
    private let settings: SettingsReader
    private let connection: AzureConnection
    private let tokens: TokenCache

    /// Describes where stores come from; nothing is opened yet.
    ///
    /// - Parameters:
    ///   - settings: What the service reads.
    ///   - client: Made with `HTTPClient.Configuration.azure`; stays the caller's to shut down.
    ///   - logger: Where requests to Azure are logged.
    ///   - environment: Says which identity the app has.
    init(
        settings: SettingsReader,
        client: HTTPClient,
        logger: Logger,
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) {
        self.settings = settings
        self.connection = AzureConnection(client: client, logger: logger)
        self.tokens = TokenCache(
            CredentialChain(environment: environment, cloud: .public, connection: connection),
            connection: connection
        )
    }

    /// Opens the store of remembered requests.
    ///
    /// - Throws: `SettingsError` where the setting names nothing that can be opened.
    func idempotency() throws -> any IdempotencyStore {
        let setting = EventSettings.tables
        guard let text = settings.value(of: setting) else {
            return try opening(HostSettings.dataDirectory) {
                try SQLiteIdempotencyStore(folder: settings.value(of: HostSettings.dataDirectory))
            }
        }
        switch TableLocation(text) {
        case .folder(let folder): return try opening(setting) { try SQLiteIdempotencyStore(folder: folder) }
        case .account(let address, let name, let key):
            return TableIdempotencyStore(table(EventSettings.idempotencyTable, at: address, of: name, key))
        case nil: throw SettingsError.invalid(name: setting.name, expected: Self.expected("AccountName=…;AccountKey=…"))
        }
    }

    /// Opens the store of schedules.
    ///
    /// - Throws: `SettingsError` where the setting names nothing that can be opened.
    func schedules() throws -> any ScheduleStore {
        let setting = EventSettings.tables
        guard let text = settings.value(of: setting) else {
            return try opening(HostSettings.dataDirectory) {
                try SQLiteScheduleStore(folder: settings.value(of: HostSettings.dataDirectory))
            }
        }
        switch TableLocation(text) {
        case .folder(let folder): return try opening(setting) { try SQLiteScheduleStore(folder: folder) }
        case .account(let address, let name, let key):
            return TableScheduleStore(table(EventSettings.scheduleTable, at: address, of: name, key))
        case nil: throw SettingsError.invalid(name: setting.name, expected: Self.expected("AccountName=…;AccountKey=…"))
        }
    }

    /// Opens the store of posts.
    ///
    /// - Throws: `SettingsError` where the setting names nothing that can be opened.
    func posts() throws -> any PostStore {
        let setting = EventSettings.postDatabase
        guard let text = settings.value(of: setting) else {
            return try opening(HostSettings.dataDirectory) {
                try SQLitePostStore(folder: settings.value(of: HostSettings.dataDirectory))
            }
        }
        switch DocumentLocation(text) {
        case .folder(let folder): return try opening(setting) { try SQLitePostStore(folder: folder) }
        case .database(let name, let account, let key):
            let container = DocumentContainer(
                EventSettings.postContainer.name,
                in: name,
                of: account,
                credential: credential(key),
                connection: connection
            )
            return DocumentPostStore(container)
        case nil:
            let form = "AccountEndpoint=…;AccountKey=…;Database=…"
            throw SettingsError.invalid(name: setting.name, expected: Self.expected(form))
        }
    }

    private func table(_ name: String, at address: WebAddress, of account: String, _ key: SecretValue?) -> TableClient {
        TableClient(name, at: address, account: account, credential: credential(key), connection: connection)
    }

    private func credential(_ key: SecretValue?) -> DataCredential { key.map { .key($0) } ?? .identity(tokens) }

    private func opening<Value, Store>(_ setting: Setting<Value>, _ open: () throws -> Store) throws -> Store {
        do {
            return try open()
        } catch {
            throw SettingsError.invalid(
                name: setting.name,
                expected: "a folder where this process may write a database"
            )
        }
    }

    private static func expected(_ form: String) -> String { "an address in Azure, the path of a folder, or \(form)" }
}
