import AzureSimulator
import GRDB
import ModelStreaming
import SimulatedData
import TestInstruments
import Testing

@testable import ChatAPI

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What every store promises, tried on each.
@Suite struct ConversationStoreTests {
    enum Kind: CaseIterable { case memory, sqlite, tables }

    static let key = ConversationKey(id: "c1", owner: "ada")

    static func withStore(
        _ kind: Kind,
        faults: FaultRates = .none,
        seed: UInt64 = 1,
        _ test: @escaping @Sendable (any ConversationStore) async throws -> Void
    ) async throws {
        switch kind {
        case .memory: try await test(InMemoryConversationStore())
        case .sqlite: try await withFolder { try await test(SQLiteConversationStore(folder: $0)) }
        case .tables:
            try await SimulatedData.run(faults: faults, seed: seed) { data in
                try await withTable(data, test)
            }
        }
    }

    /// A store in a simulated table, at a time that moves only when somebody waits.
    static func withTable(
        _ data: SimulatedData,
        _ test: (any ConversationStore) async throws -> Void
    ) async throws {
        let steadily = SteadyWork()
        let table = try #require(data.table(SimulatedData.table, .identity))
        let store = TableConversationStore(table, steadily: steadily, now: { data.clock.date })
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await steadily.run() }
            try await test(store)
            group.cancelAll()
        }
    }

    static func withFolder(_ test: (String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.path + "/chat-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await test(folder)
    }

    static func messages(_ texts: String...) -> [ChatMessage] {
        texts.enumerated().map { ChatMessage(role: $0 % 2 == 0 ? .user : .assistant, content: $1) }
    }

    @Test(arguments: Kind.allCases)
    func `what was appended comes back in order`(kind: Kind) async throws {
        try await Self.withStore(kind) { store in
            #expect(try await store.history(of: Self.key, limit: HistoryLimit()).isEmpty)
            try await store.append(Self.messages("a", "b"), to: Self.key)
            try await store.append(Self.messages("c ' \u{0} 世界 👩‍🚀", "d\n"), to: Self.key)
            try await store.append(Self.messages("x"), to: ConversationKey(id: "c2", owner: "ada"))
            let history = try await store.history(of: Self.key, limit: HistoryLimit())
            #expect(history == Self.messages("a", "b", "c ' \u{FFFD} 世界 👩‍🚀", "d\n"))
        }
    }

    @Test(arguments: Kind.allCases)
    func `only the latest messages come back`(kind: Kind) async throws {
        try await Self.withStore(kind) { store in
            try await store.append(Self.messages("a", "b", "c", "d"), to: Self.key)
            let byCount = try await store.history(of: Self.key, limit: HistoryLimit(messages: 2))
            #expect(byCount.map(\.content) == ["c", "d"])
            try await store.append(Self.messages("éé"), to: Self.key)
            let bySize = try await store.history(of: Self.key, limit: HistoryLimit(bytes: 5))
            #expect(bySize.map(\.content) == ["d", "éé"])
            #expect(try await store.history(of: Self.key, limit: HistoryLimit(bytes: 3)).isEmpty)
        }
    }

    @Test(arguments: Kind.allCases)
    func `nobody reads or writes another's conversation`(kind: Kind) async throws {
        try await Self.withStore(kind) { store in
            try await store.append(Self.messages("a"), to: Self.key)
            let foreign = ConversationKey(id: Self.key.id, owner: "eve")
            await #expect(throws: ConversationError.foreign) {
                try await store.history(of: foreign, limit: HistoryLimit())
            }
            await #expect(throws: ConversationError.foreign) {
                try await store.append(Self.messages("b"), to: foreign)
            }
            #expect(try await store.history(of: Self.key, limit: HistoryLimit()).count == 1)
        }
    }

    @Test(arguments: Kind.allCases)
    func `messages are kept even when the task is cancelled`(kind: Kind) async throws {
        try await Self.withStore(kind) { store in
            await withTaskGroup(of: Void.self) { group in
                group.cancelAll()
                group.addTask { try? await store.append(Self.messages("a"), to: Self.key) }
            }
            let history = try await store.history(of: Self.key, limit: HistoryLimit())
            #expect(history.count == 1)
        }
    }

    @Test(arguments: Kind.allCases)
    func `many writers at once lose nothing`(kind: Kind) async throws {
        try await Self.withStore(kind) { store in
            try await withThrowingTaskGroup(of: Void.self) { group in
                // In a table each has to find out that others were faster.
                for number in 0..<(kind == .tables ? 8 : 50) {
                    group.addTask { try await store.append(Self.messages("q\(number)", "a\(number)"), to: Self.key) }
                }
                try await group.waitForAll()
            }
            let history = try await store.history(of: Self.key, limit: HistoryLimit(messages: 200))
            #expect(history.count == (kind == .tables ? 16 : 100))
            let list = try await store.conversations(of: "ada", limit: 10, after: nil)
            #expect(list.conversations.map(\.messages) == [history.count])
            for pair in stride(from: 0, to: history.count, by: 2) {
                #expect(history[pair].content.dropFirst() == history[pair + 1].content.dropFirst())
            }
        }
    }

    @Test(arguments: Kind.allCases)
    func `no two conversations have one name`(kind: Kind) async throws {
        try await Self.withStore(kind) { store in
            let names = (0..<200).map { _ in store.newIdentifier() }
            #expect(Set(names.compactMap { UUID(uuidString: $0) }).count == 200)
        }
    }

    @Test func `the database has new conversations side by side`() async throws {
        try await Self.withFolder { folder in
            let time = Shared(Date(timeIntervalSince1970: 1_795_000_000))
            let store = try SQLiteConversationStore(folder: folder, now: { time.withLock { $0 } })
            let names = (0..<200).map { _ in
                time.withLock { $0 += 0.001 }
                return store.newIdentifier()
            }
            #expect(names == names.sorted())
        }
    }

    @Test func `the database outlives the process and reads well in a shell`() async throws {
        try await Self.withFolder { folder in
            let time = Date(timeIntervalSince1970: 0)
            try await SQLiteConversationStore(folder: folder, now: { time })
                .append(Self.messages("Hi", "Hello"), to: Self.key)
            let reopened = try SQLiteConversationStore(folder: folder)
            #expect(try await reopened.history(of: Self.key, limit: HistoryLimit()).count == 2)
            let rows = try await DatabaseQueue(path: folder + "/chat.sqlite").read { database in
                try Row.fetchAll(database, sql: "SELECT id, chatId, role, content, createdAt FROM Chat")
                    .map { row in row.databaseValues.map { "\($0.storage.value ?? "NULL")" }.joined(separator: "|") }
            }
            #expect(rows == ["1|c1|user|Hi|1970-01-01T00:00:00.000Z", "2|c1|assistant|Hello|1970-01-01T00:00:00.000Z"])
        }
    }
}
