import DequeModule
import HeapModule

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The messages of an in-memory queue and what may happen to them, without waiting and without a clock.
///
/// Every message has a place, and its state decides which of the heaps speaks for it: those of what is free, what is
/// scheduled and what is locked. A lock that was renewed or settled leaves its moment in its heap until that comes.
struct InMemoryQueueState {
    private struct Entry {
        var message: OutgoingMessage
        var enqueuedAt: Date
        var deliveries = 0
        var lock: (token: String, until: Date)?
    }

    /// A place, and the moment at which something happens there.
    private struct Moment: Comparable {
        let time: Date
        let place: Int

        static func < (one: Moment, other: Moment) -> Bool { (one.time, one.place) < (other.time, other.place) }
    }

    private let rules: InMemoryQueue.Rules
    /// Every message by its place in the queue.
    private var entries: [Int: Entry] = [:]
    private var free: Heap<Int> = []
    private var scheduled: Heap<Moment> = []
    private var locked: Heap<Moment> = []
    private var seen: Set<String> = []
    /// The same ids, in the order in which they are forgotten.
    private var seenUntil: Deque<(id: String, until: Date)> = []
    private var nextPlace = 0
    private var nextLock = 0

    init(rules: InMemoryQueue.Rules) {
        self.rules = rules
    }

    var count: Int { entries.count }

    // MARK: Sending

    mutating func send(_ messages: [OutgoingMessage], now: Date) throws(MessagingError) {
        for message in messages { try message.check() }
        while let first = seenUntil.first, first.until <= now {
            seen.remove(first.id)
            seenUntil.removeFirst()
        }
        guard entries.count + messages.count <= rules.capacity else { throw .tooLarge }
        for message in messages where isNew(message.id, now: now) {
            append(message, now: now)
        }
    }

    private mutating func isNew(_ id: String, now: Date) -> Bool {
        guard let window = rules.deduplication else { return true }
        guard seen.insert(id).inserted else { return false }
        seenUntil.append((id, now.addingTimeInterval(window.seconds)))
        return true
    }

    mutating func append(_ message: OutgoingMessage, now: Date) {
        let due = max(message.scheduledAt ?? now, now)
        entries[nextPlace] = Entry(message: message, enqueuedAt: due)
        if due > now { scheduled.insert(Moment(time: due, place: nextPlace)) } else { free.insert(nextPlace) }
        nextPlace += 1
    }

    // MARK: Receiving

    mutating func take(now: Date) -> ReceivedMessage? {
        guard let place = free.popMin(), var entry = entries[place] else { return nil }
        nextLock += 1
        let token = "\(place)/\(nextLock)"
        let until = now.addingTimeInterval(rules.lock.seconds)
        entry.deliveries += 1
        entry.lock = (token, until)
        entries[place] = entry
        locked.insert(Moment(time: until, place: place))
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
        let until = now.addingTimeInterval(rules.lock.seconds)
        entries[place]?.lock?.until = until
        locked.insert(Moment(time: until, place: place))
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
        free.insert(place)
        return nil
    }

    // MARK: Time

    /// Frees what is due and what was locked for too long, and returns what has been tried too often.
    mutating func pass(to now: Date) -> [OutgoingMessage] {
        while let due = scheduled.min, due.time <= now {
            scheduled.removeMin()
            free.insert(due.place)
        }
        var exhausted: [OutgoingMessage] = []
        while let end = nextLockEnd(), end.time <= now {
            locked.removeMin()
            if let message = release(end.place) { exhausted.append(message) }
        }
        return exhausted
    }

    /// When something changes by itself: a lock runs out, or a message becomes visible.
    mutating func nextChange() -> Date? {
        [nextLockEnd()?.time, scheduled.min?.time].compactMap { $0 }.min()
    }

    /// The lock that ends first, past those that were renewed or settled.
    private mutating func nextLockEnd() -> Moment? {
        while let first = locked.min {
            if entries[first.place]?.lock?.until == first.time { return first }
            locked.removeMin()
        }
        return nil
    }
}

extension Duration {
    /// The duration in seconds, as dates count.
    package var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}
