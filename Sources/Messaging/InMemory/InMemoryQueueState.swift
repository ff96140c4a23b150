#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The messages of an in-memory queue and what may happen to them, without waiting and without a clock.
struct InMemoryQueueState {
    private struct Entry {
        var message: OutgoingMessage
        var enqueuedAt: Date
        var deliveries = 0
        var lock: (token: String, until: Date)?
    }

    private let rules: InMemoryQueue.Rules
    /// Every message by its place in the queue.
    private var entries: [Int: Entry] = [:]
    /// The places of the messages that are free, oldest first.
    private var free: [Int] = []
    private var seen: [String: Date] = [:]
    private var nextPlace = 0
    private var nextLock = 0

    init(rules: InMemoryQueue.Rules) {
        self.rules = rules
    }

    var count: Int { entries.count }

    // MARK: Sending

    mutating func send(_ messages: [OutgoingMessage], now: Date) throws(MessagingError) {
        for message in messages { try message.check() }
        seen = seen.filter { $0.value > now }
        guard entries.count + messages.count <= rules.capacity else { throw .tooLarge }
        for message in messages where isNew(message.id, now: now) {
            append(message, now: now)
        }
    }

    private mutating func isNew(_ id: String, now: Date) -> Bool {
        guard let window = rules.deduplication else { return true }
        guard seen[id] == nil else { return false }
        seen[id] = now.addingTimeInterval(window.seconds)
        return true
    }

    mutating func append(_ message: OutgoingMessage, now: Date) {
        entries[nextPlace] = Entry(message: message, enqueuedAt: max(message.scheduledAt ?? now, now))
        free.append(nextPlace)
        nextPlace += 1
    }

    // MARK: Receiving

    mutating func take(now: Date) -> ReceivedMessage? {
        guard let index = free.firstIndex(where: { isDue($0, now: now) }) else { return nil }
        let place = free.remove(at: index)
        guard var entry = entries[place] else { return nil }
        nextLock += 1
        let token = "\(place)/\(nextLock)"
        let until = now.addingTimeInterval(rules.lock.seconds)
        entry.deliveries += 1
        entry.lock = (token, until)
        entries[place] = entry
        return ReceivedMessage(
            id: entry.message.id,
            subject: entry.message.subject,
            correlationID: entry.message.correlationID,
            contentType: entry.message.contentType,
            body: entry.message.body,
            properties: entry.message.properties,
            deliveryCount: entry.deliveries,
            enqueuedAt: entry.enqueuedAt,
            lockedUntil: until,
            lock: MessageLock(token: token)
        )
    }

    private func isDue(_ place: Int, now: Date) -> Bool {
        entries[place].map { $0.enqueuedAt <= now } ?? false
    }

    // MARK: Settling

    mutating func complete(_ lock: MessageLock, now: Date) throws(MessagingError) {
        entries[try place(of: lock, now: now)] = nil
    }

    /// Frees the message; a message that has been tried too often is returned instead.
    mutating func abandon(_ lock: MessageLock, now: Date) throws(MessagingError) -> OutgoingMessage? {
        release(try place(of: lock, now: now))
    }

    mutating func renew(_ lock: MessageLock, now: Date) throws(MessagingError) {
        let place = try place(of: lock, now: now)
        entries[place]?.lock?.until = now.addingTimeInterval(rules.lock.seconds)
    }

    private func place(of lock: MessageLock, now: Date) throws(MessagingError) -> Int {
        guard let place = lock.token.split(separator: "/").first.flatMap({ Int($0) }),
            let held = entries[place]?.lock, held.token == lock.token, held.until > now
        else { throw .lockLost }
        return place
    }

    private mutating func release(_ place: Int) -> OutgoingMessage? {
        guard var entry = entries[place] else { return nil }
        guard entry.deliveries < rules.maxDeliveries else {
            entries[place] = nil
            return entry.message
        }
        entry.lock = nil
        entries[place] = entry
        let index = free.firstIndex { $0 > place } ?? free.endIndex
        free.insert(place, at: index)
        return nil
    }

    // MARK: Time

    /// Frees what was locked for too long, and returns what has been tried too often.
    mutating func expireLocks(now: Date) -> [OutgoingMessage] {
        let expired = entries.filter { ($0.value.lock?.until).map { $0 <= now } ?? false }
        return expired.keys.sorted().compactMap { release($0) }
    }

    /// When something changes by itself: a lock runs out, or a message becomes visible.
    func nextChange(after now: Date) -> Date? {
        entries.values.compactMap { $0.lock?.until ?? $0.enqueuedAt }.filter { $0 > now }.min()
    }
}

extension Duration {
    /// The duration in seconds, as dates count.
    package var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}
