import Azure
import WebFormats

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Remembered requests in a table of a storage account.
///
/// They are spread over 256 partitions, each of which takes some 2,000 entities a second.
/// Source: learn.microsoft.com/azure/storage/tables/scalability-targets
struct TableIdempotencyStore: IdempotencyStore {
    /// Rounds until somebody else's requests have come to an end; two are what it takes.
    private static let roundLimit = 10
    /// How many entities are taken out at the same time.
    private static let sweepWidth = 16

    let table: TableClient
    private let now: @Sendable () -> Date

    init(_ table: TableClient, now: @escaping @Sendable () -> Date = { Date() }) {
        self.table = table
        self.now = now
    }

    func remember(_ request: IdempotentRequest, until end: Date) async throws -> IdempotencyOutcome {
        let entity = Self.entity(request, until: end)
        for _ in 0..<Self.roundLimit {
            switch try await table.insert(entity) {
            case .done: return .new
            case .conflict, .missing: break
            }
            // What was there may have been swept away meanwhile.
            guard let found = try await table.entity(entity.key) else { continue }
            guard Self.end(of: found) <= now() else { return Self.outcome(request, found) }
            // One of those who find it outdated takes its place; the others see that.
            if let tag = found.tag, case .done = try await table.replace(entity, ifMatch: tag) { return .new }
        }
        throw IdempotencyError.contended
    }

    func sweep() async throws {
        // A time that several replicas agree about, more or less.
        let isOutdated = TableFilter.compare(Name.end, .lessOrEqual, .long(Self.milliseconds(now())))
        var next: TableContinuation?
        repeat {
            let page = try await table.query(isOutdated, after: next)
            try await remove(page.entities)
            next = page.next
        } while next != nil
    }

    private func remove(_ entities: [TableEntity]) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, entity) in entities.enumerated() {
                if index >= Self.sweepWidth { try await group.next() }
                // With its tag: it may have been put to use again.
                group.addTask { _ = try await table.delete(entity.key, ifMatch: entity.tag ?? "*") }
            }
            try await group.waitForAll()
        }
    }

    // MARK: Entities

    private enum Name {
        static let fingerprint = "Fingerprint"
        static let answer = "Answer"
        static let end = "Until"
    }

    private static func entity(_ request: IdempotentRequest, until end: Date) -> TableEntity {
        let row = request.hash.hexadecimal
        return TableEntity(
            TableKey(partition: String(row.prefix(2)), row: row),
            [
                Name.fingerprint: .string(request.fingerprint), Name.answer: .string(request.candidate),
                Name.end: .long(milliseconds(end)),
            ]
        )
    }

    private static func outcome(_ request: IdempotentRequest, _ found: TableEntity) -> IdempotencyOutcome {
        let answer = found.text(Name.answer) ?? ""
        return found.text(Name.fingerprint) == request.fingerprint ? .known(answer) : .conflict(answer)
    }

    private static func end(of entity: TableEntity) -> Date {
        Date(timeIntervalSince1970: Double(entity.number(Name.end) ?? 0) / 1000)
    }

    private static func milliseconds(_ date: Date) -> Int64 { Int64((date.timeIntervalSince1970 * 1000).rounded()) }
}

/// Why it cannot be told whether a request is known.
enum IdempotencyError: Error, Sendable, Hashable {
    /// Others have written and removed the same again and again.
    case contended
}
