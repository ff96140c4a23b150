import Azure
import Events
import ModelStreaming
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Conversations in a table of Azure.
///
/// A conversation is a partition: an entity that says whose it is, and one for each turn, the latest first. An owner is
/// a partition, too, with an entity for each conversation, the one that was used last first. Entities of two partitions
/// cannot be written together, so the conversation's own says which of the owner's counts; a process that dies between
/// two writes leaves one that does not, and may leave a count that is too small, but loses no turn.
struct TableConversationStore: ConversationStore {
    /// Rounds until one's own change of a conversation comes through, however many others change it.
    private static let roundLimit = 100
    /// How many entities are read or removed at the same time.
    private static let width = 16

    private let table: TableClient
    private let steadily: SteadyWork
    private let clock: TurnClock

    /// Describes a store.
    ///
    /// - Parameters:
    ///   - table: Where conversations are.
    ///   - steadily: Does what a cancelled task has begun.
    ///   - now: The time that messages are stored under.
    init(_ table: TableClient, steadily: SteadyWork, now: @escaping @Sendable () -> Date = { Date() }) {
        self.table = table
        self.steadily = steadily
        self.clock = TurnClock(now: now)
    }

    // MARK: Changes

    func append(_ messages: [ChatMessage], to key: ConversationKey) async throws {
        if messages.isEmpty { return }
        try await steadily {
            let head = try await beginning(key, with: messages)
            let turn = clock.next(after: head.latest?.stamp ?? head.begun)
            // The entity that makes the turn visible comes last.
            for entity in TurnEntities.entities(of: messages, at: turn, in: key.id).reversed() {
                guard case .done = try await table.insert(entity) else { throw ConversationError.unreadable("turn") }
            }
            try await note(turn, of: messages.count, in: key, after: head)
        }
    }

    /// The conversation as it is, or as it is begun now.
    private func beginning(_ key: ConversationKey, with messages: [ChatMessage]) async throws -> TableConversation {
        for _ in 0..<Self.roundLimit {
            if let head = try await head(of: key) { return head }
            var head = TableConversation(
                id: key.id,
                owner: key.owner,
                title: ConversationTitle.title(of: messages),
                begun: clock.next(after: 0).stamp
            )
            guard case .done(let tag) = try await table.insert(head.entity) else { continue }
            head.tag = tag
            return head
        }
        throw ConversationError.contended
    }

    /// Makes a turn the latest of its conversation, whoever else does the same.
    private func note(
        _ turn: TurnName,
        of count: Int,
        in key: ConversationKey,
        after start: TableConversation
    ) async throws {
        var current: TableConversation? = start
        for _ in 0..<Self.roundLimit {
            // Who has removed the conversation meanwhile has removed this turn, too.
            guard let old = current else { return }
            var new = old
            new.messages += count
            new.latest = max(old.latest ?? turn, turn)
            // Before the change, so that a conversation is never without.
            if new.latest != old.latest, let listing = new.listing { _ = try await table.insert(listing) }
            let outcome = try await table.replace(new.entity, ifMatch: old.tag)
            let superfluous = if case .done = outcome { old } else { new }
            if new.latest != old.latest, let listing = superfluous.listing { _ = try await table.delete(listing.key) }
            if case .done = outcome { return }
            current = try await head(of: key)
        }
        throw ConversationError.contended
    }

    func delete(_ key: ConversationKey) async throws -> Bool {
        try await steadily {
            for _ in 0..<Self.roundLimit {
                guard let head = try await head(of: key) else { return false }
                switch try await table.delete(head.entity.key, ifMatch: head.tag) {
                case .missing: return false
                case .conflict: continue
                case .done: break
                }
                if let listing = head.listing { _ = try await table.delete(listing.key) }
                try await removeTurns(of: head)
                return true
            }
            throw ConversationError.contended
        }
    }

    private func removeTurns(of head: TableConversation) async throws {
        var next: TableContinuation?
        repeat {
            let page = try await table.query(TurnEntities.filter(of: head, from: nil), limit: Self.width, after: next)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for entity in page.entities { group.addTask { _ = try await table.delete(entity.key) } }
                try await group.waitForAll()
            }
            next = page.next
        } while next != nil
    }

    // MARK: Reading

    func history(of key: ConversationKey, limit: HistoryLimit) async throws -> [ChatMessage] {
        guard let head = try await head(of: key) else { return [] }
        var latest = LatestMessages(within: limit, isNeverEmpty: false)
        try await read(head, before: nil, into: &latest)
        return latest.messages.map(\.message)
    }

    func messages(
        of key: ConversationKey,
        limit: HistoryLimit,
        after continuation: String?
    ) async throws -> MessagePage? {
        let end = try continuation.map { try MessageName($0) }
        guard let head = try await head(of: key) else { return nil }
        var page = LatestMessages(within: limit, isNeverEmpty: true)
        try await read(head, before: end, into: &page)
        return MessagePage(
            createdAt: TurnName.time(of: head.begun),
            messages: page.messages,
            next: page.isCut ? page.messages.first?.id : nil
        )
    }

    /// Reads messages, from the last one backwards, until there are enough.
    private func read(
        _ head: TableConversation,
        before end: MessageName?,
        into latest: inout LatestMessages
    ) async throws {
        let filter = TurnEntities.filter(of: head, from: end?.turn)
        var turns = TurnReader()
        var next: TableContinuation?
        repeat {
            let page = try await table.query(filter, limit: Self.width, after: next)
            for entity in page.entities {
                guard let turn = try turns.take(entity) else { continue }
                for (number, stored) in turn.messages.enumerated().reversed() {
                    if let end, turn.name == end.turn, number >= end.number { continue }
                    guard latest.take(stored) else { return }
                }
            }
            next = page.next
        } while next != nil
    }

    func conversations(
        of owner: String,
        limit: Int,
        after continuation: String?
    ) async throws -> ConversationPage {
        if let continuation { _ = try ListingName(continuation) }
        let inPartition = TableFilter.partition(ListingName.partition(of: owner))
        let filter = continuation.map { inPartition.and(.row(.greater, $0)) } ?? inPartition
        var found: [(row: String, summary: ConversationSummary)] = []
        var next: TableContinuation?
        // One more than is wanted tells whether there are more.
        repeat {
            let page = try await table.query(filter, limit: min(limit + 1 - found.count, Self.width), after: next)
            found += try await summaries(page.entities, of: owner)
            next = page.next
        } while next != nil && found.count <= limit
        return ConversationPage(
            conversations: found.prefix(limit).map(\.summary),
            next: found.count > limit ? found[limit - 1].row : nil
        )
    }

    /// What those of an owner's entities stand for that count.
    private func summaries(
        _ listings: [TableEntity],
        of owner: String
    ) async throws -> [(row: String, summary: ConversationSummary)] {
        try await withThrowingTaskGroup(of: (Int, ConversationSummary?).self) { group in
            for (index, listing) in listings.enumerated() {
                group.addTask {
                    let name = try ListingName(listing.key.row)
                    let head = try await table.entity(TableConversation.key(of: name.conversation))
                    guard let head = try head.map({ try TableConversation($0) }), head.latest == name.latest,
                        head.owner == owner
                    else { return (index, nil) }
                    return (index, head.summary)
                }
            }
            let found = try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
            return listings.indices.compactMap { index in found[index].map { (listings[index].key.row, $0) } }
        }
    }

    /// The conversation's own entity.
    private func head(of key: ConversationKey) async throws -> TableConversation? {
        guard let entity = try await table.entity(TableConversation.key(of: key.id)) else { return nil }
        let head = try TableConversation(entity)
        guard head.owner == key.owner else { throw ConversationError.foreign }
        return head
    }
}
