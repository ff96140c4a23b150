import AzureSimulator
import Events
import GRDB
import ModelStreaming
import SimulatedData
import Testing

@testable import ChatAPI

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What every store promises of lists, pages and removals, tried on each.
@Suite struct ConversationListTests {
    typealias Suite = ConversationStoreTests

    private static func titles(_ store: any ConversationStore, of owner: String = "ada") async throws -> [String] {
        try await store.conversations(of: owner, limit: 100, after: nil).conversations.map(\.title)
    }

    @Test(arguments: Suite.Kind.allCases)
    func `an owner's conversations are listed, the one that was used last first`(kind: Suite.Kind) async throws {
        try await Suite.withStore(kind) { store in
            #expect(try await Self.titles(store).isEmpty)
            for name in ["one", "two", "three"] {
                try await store.append(Suite.messages(name, "answer"), to: ConversationKey(id: name, owner: "ada"))
            }
            try await store.append(Suite.messages("x"), to: ConversationKey(id: "x", owner: "eve"))
            #expect(try await Self.titles(store) == ["three", "two", "one"])
            try await store.append(Suite.messages("more", "answer"), to: ConversationKey(id: "one", owner: "ada"))
            #expect(try await Self.titles(store) == ["one", "three", "two"])
            let list = try await store.conversations(of: "ada", limit: 100, after: nil)
            #expect(list.conversations.map(\.messages) == [4, 2, 2])
            #expect(list.conversations.allSatisfy { $0.createdAt.date <= $0.updatedAt.date })
            #expect(list.next == nil)
        }
    }

    @Test(arguments: Suite.Kind.allCases)
    func `pages of conversations have each once`(kind: Suite.Kind) async throws {
        try await Suite.withStore(kind) { store in
            for number in 0..<23 {
                let key = ConversationKey(id: "c\(number)", owner: "ada")
                try await store.append(Suite.messages("q\(number)"), to: key)
            }
            var found: [String] = []
            var next: String?
            repeat {
                let page = try await store.conversations(of: "ada", limit: 5, after: next)
                #expect(page.conversations.count <= 5)
                found += page.conversations.map(\.id)
                next = page.next
            } while next != nil
            #expect(found == (0..<23).reversed().map { "c\($0)" })
        }
    }

    @Test(arguments: Suite.Kind.allCases)
    func `pages of messages go back to the first`(kind: Suite.Kind) async throws {
        try await Suite.withStore(kind) { store in
            for number in 0..<10 { try await store.append(Suite.messages("q\(number)", "a\(number)"), to: Suite.key) }
            var found: [StoredMessage] = []
            var next: String?
            repeat {
                let page = try #require(
                    try await store.messages(of: Suite.key, limit: HistoryLimit(messages: 7), after: next)
                )
                #expect(page.messages.count <= 7)
                found = page.messages + found
                next = page.next
            } while next != nil
            #expect(found.map(\.message.content) == (0..<10).flatMap { ["q\($0)", "a\($0)"] })
            #expect(found.map(\.message.role) == (0..<10).flatMap { _ in [ChatMessage.Role.user, .assistant] })
            #expect(Set(found.map(\.id)).count == 20)
        }
    }

    @Test(arguments: Suite.Kind.allCases)
    func `a message larger than a page is a page`(kind: Suite.Kind) async throws {
        try await Suite.withStore(kind) { store in
            // More than one entity of a table holds, with characters of two halves at every seam.
            let long = "a" + String(repeating: "👩‍🚀世", count: 70_000)
            try await store.append(Suite.messages("q", long), to: Suite.key)
            let limit = HistoryLimit(messages: 10, bytes: 100)
            let page = try #require(try await store.messages(of: Suite.key, limit: limit, after: nil))
            #expect(page.messages.map(\.message.content) == [long])
            let rest = try #require(try await store.messages(of: Suite.key, limit: limit, after: page.next))
            #expect(rest.messages.map(\.message.content) == ["q"])
            #expect(rest.next == nil)
        }
    }

    @Test(arguments: Suite.Kind.allCases)
    func `what is removed is gone, and its name can be used anew`(kind: Suite.Kind) async throws {
        try await Suite.withStore(kind) { store in
            #expect(try await !store.delete(Suite.key))
            try await store.append(Suite.messages("old", "answer"), to: Suite.key)
            let foreign = ConversationKey(id: Suite.key.id, owner: "eve")
            await #expect(throws: ConversationError.foreign) { try await store.delete(foreign) }
            #expect(try await store.delete(Suite.key))
            #expect(try await !store.delete(Suite.key))
            #expect(try await Self.titles(store).isEmpty)
            #expect(try await store.messages(of: Suite.key, limit: HistoryLimit(), after: nil) == nil)
            try await store.append(Suite.messages("new"), to: foreign)
            #expect(try await store.history(of: foreign, limit: HistoryLimit()).map(\.content) == ["new"])
            #expect(try await Self.titles(store, of: "eve") == ["new"])
        }
    }

    @Test(arguments: Suite.Kind.allCases)
    func `nobody reads another's messages or lists`(kind: Suite.Kind) async throws {
        try await Suite.withStore(kind) { store in
            try await store.append(Suite.messages("a"), to: Suite.key)
            let foreign = ConversationKey(id: Suite.key.id, owner: "eve")
            await #expect(throws: ConversationError.foreign) {
                try await store.messages(of: foreign, limit: HistoryLimit(), after: nil)
            }
            #expect(try await Self.titles(store, of: "eve").isEmpty)
        }
    }

    @Test(arguments: Suite.Kind.allCases, ["nonsense", "\u{0}", "", "a' or '1", "99999999999999999999"])
    func `a continuation that was never given is refused`(kind: Suite.Kind, text: String) async throws {
        try await Suite.withStore(kind) { store in
            try await store.append(Suite.messages("a"), to: Suite.key)
            await #expect(throws: ConversationError.unknownContinuation) {
                try await store.conversations(of: "ada", limit: 5, after: text)
            }
            await #expect(throws: ConversationError.unknownContinuation) {
                try await store.messages(of: Suite.key, limit: HistoryLimit(), after: text)
            }
        }
    }

    @Test(arguments: 1...3)
    func `a day on which everything goes wrong loses no turn and makes no two of one`(seed: UInt64) async throws {
        var faults = FaultRates()
        faults.throttling = 0.05
        faults.stormLength = 2
        faults.stormWait = .seconds(1)
        faults.serverErrors = 0.1
        faults.dropsBefore = 0.05
        faults.dropsAfter = 0.15
        try await Suite.withStore(.tables, faults: faults, seed: seed) { store in
            for number in 0..<10 { try await store.append(Suite.messages("q\(number)", "a\(number)"), to: Suite.key) }
            let history = try await store.history(of: Suite.key, limit: HistoryLimit())
            #expect(history.map(\.content) == (0..<10).flatMap { ["q\($0)", "a\($0)"] })
            let list = try await store.conversations(of: "ada", limit: 9, after: nil).conversations
            #expect(list.map(\.messages) == [20])
            #expect(try await store.delete(Suite.key))
            #expect(try await Self.titles(store).isEmpty)
        }
    }

    @Test func `conversations from before there were lists are listed`() async throws {
        try await Suite.withFolder { folder in
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            let queue = try DatabaseQueue(path: folder + "/chat.sqlite")
            try SQLiteConversationStore.migrator.migrate(queue, upTo: "conversations and messages")
            try await queue.write { database in
                try database.execute(
                    sql: """
                        INSERT INTO Conversation VALUES ('c1', 'ada', '2026-01-01T00:00:00.000Z');
                        INSERT INTO Chat (chatId, role, content, createdAt) VALUES
                            ('c1', 'user', 'What is new?', '2026-01-01T00:00:00.000Z'),
                            ('c1', 'assistant', 'Nothing.', '2026-01-02T00:00:00.000Z');
                        """
                )
            }
            try queue.close()
            let list = try await SQLiteConversationStore(folder: folder)
                .conversations(of: "ada", limit: 9, after: nil).conversations
            #expect(list.map(\.title) == ["What is new?"])
            #expect(list.map(\.messages) == [2])
            #expect(list.map(\.updatedAt.text) == ["2026-01-02T00:00:00.000Z"])
        }
    }

    @Test func `a title is one line, and short`() {
        #expect(ConversationTitle.title(of: "  What\n is   it? ") == "What is it?")
        #expect(ConversationTitle.title(of: String(repeating: "é", count: 100_000)).count == 80)
        #expect(ConversationTitle.title(of: []) == "")
    }
}
