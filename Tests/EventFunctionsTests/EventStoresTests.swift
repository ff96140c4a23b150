import AsyncHTTPClient
import Azure
import Contracts
import Foundation
import Logging
import NIOPosix
import ServiceKit
import Settings
import TestInstruments
import Testing

@testable import EventFunctions

/// Which stores the settings of a service lead to.
struct EventStoresTests {
    private static func withStores(_ settings: [String: String], _ test: (EventStores) throws -> Void) async throws {
        let client = HTTPClient(eventLoopGroup: .singletonMultiThreadedEventLoopGroup, configuration: .azure)
        let stores = EventStores(
            settings: SettingsReader(values: settings),
            client: client,
            logger: .silent,
            environment: [:]
        )
        let outcome = Result { try test(stores) }
        try await client.shutdown()
        try outcome.get()
    }

    @Test func `addresses lead to Azure`() async throws {
        let settings = [
            "POST_DATABASE": "https://docs1.documents.azure.com:443/dbs/posts",
            "TABLE_CONNECTION": "https://files1.table.core.windows.net/",
        ]
        try await Self.withStores(settings) { stores throws in
            #expect(try stores.posts() is DocumentPostStore)
            #expect(try stores.idempotency() is TableIdempotencyStore)
        }
    }

    @Test func `paths lead to folders, which are for nobody else`() async throws {
        try await IdempotencyTests.withFolder { folder in
            let settings = ["POST_DATABASE": "\(folder)/main", "TABLE_CONNECTION": "\(folder)/files"]
            try await Self.withStores(settings) { stores throws in
                #expect(try stores.posts() is SQLitePostStore)
                #expect(try stores.idempotency() is SQLiteIdempotencyStore)
            }
            #expect(FileManager.default.fileExists(atPath: "\(folder)/main/posts.sqlite"))
            #expect(FileManager.default.fileExists(atPath: "\(folder)/files/idempotency.sqlite"))
            let mode = try FileManager.default.attributesOfItem(atPath: "\(folder)/main")[.posixPermissions] as? Int
            #expect(mode == 0o700)
        }
    }

    @Test func `the data directory takes the place of what is not said`() async throws {
        try await IdempotencyTests.withFolder { folder in
            try await Self.withStores(["DATA_DIRECTORY": folder]) { stores throws in
                _ = try stores.posts()
                _ = try stores.idempotency()
            }
            #expect(FileManager.default.fileExists(atPath: "\(folder)/posts.sqlite"))
            #expect(FileManager.default.fileExists(atPath: "\(folder)/idempotency.sqlite"))
        }
    }

    @Test(arguments: ["POST_DATABASE", "TABLE_CONNECTION", "DATA_DIRECTORY"])
    func `what leads nowhere is said at start, without what it was`(name: String) async throws {
        let value = name == "DATA_DIRECTORY" ? "/dev/null/x" : "AccountKey=canary"
        try await Self.withStores([name: value]) { stores throws in
            let error = #expect(throws: SettingsError.self) {
                _ = try stores.posts()
                _ = try stores.idempotency()
            }
            #expect(error?.description.hasPrefix(name) == true)
            #expect(error?.description.contains("canary") == false)
        }
    }

    @Test func `a sweeper sweeps each time, and goes on after a failure`() async throws {
        let store = SweptStore()
        let clock = TestClock()
        await withTaskGroup(of: Void.self) { group in
            let sweeper = IdempotencySweeper(store, every: .seconds(60), clock: clock, logger: .silent)
            group.addTask { try? await sweeper.run() }
            group.addTask {
                for count in 0..<3 {
                    await clock.waitForSleeper(of: .seconds(60))
                    #expect(store.sweeps.withLock { $0 } == count)
                    clock.advance(by: .seconds(60))
                }
                await clock.waitForSleeper(of: .seconds(60))
            }
            // A sweeper that ends ends the test.
            await group.next()
            group.cancelAll()
        }
        #expect(store.sweeps.withLock { $0 } == 3)
    }
}

/// A store whose first sweep fails.
private struct SweptStore: IdempotencyStore {
    struct Failure: Error {}

    let sweeps = Shared(0)

    func remember(_ request: IdempotentRequest, until end: Date) async throws -> IdempotencyOutcome { .new }

    func sweep() async throws {
        let count = sweeps.withLock { count in
            count += 1
            return count
        }
        if count == 1 { throw Failure() }
    }
}
