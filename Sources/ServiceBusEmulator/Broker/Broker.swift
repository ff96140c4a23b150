import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The queues and topics, durable on disk.
///
/// Operations that arrive while a transaction is being written wait for the next one and share its trip to the disk.
/// They may be called before ``run(in:logger:)``; they are done once it runs.
final class Broker: Sendable {
    /// Operations that share one transaction, at most; a bound on memory and on the wait of the first.
    private static let batchLimit = 512

    struct State {
        var pending: [BrokerOperation] = []
        var acceptsWaits = true
        var isFinishing = false
        var isStopped = false
        var lastWaiter = 0
    }

    let configuration: BrokerConfiguration
    let entities: Entities
    let now: @Sendable () -> Date
    let clock: any Clock<Duration>
    let state = Mutex(State())
    let bell = Bell()

    init(
        _ configuration: BrokerConfiguration,
        now: @escaping @Sendable () -> Date = { Date() },
        clock: any Clock<Duration> = ContinuousClock()
    ) {
        self.configuration = configuration
        self.entities = Entities(configuration)
        self.now = now
        self.clock = clock
    }

    // MARK: Operations

    /// Puts messages into a queue or topic, all or none; they are on disk when it returns.
    func send(_ messages: [BrokerMessage], to path: String) async throws {
        guard let destination = entities.destination(path) else { throw BrokerError.unknownEntity }
        try await perform { turn in try turn.send(messages, to: destination) }
    }

    /// Takes the oldest free message, and waits for one at most this many seconds.
    func receive(from path: String, mode: ReceiveMode = .peekLock, wait: Double) async throws -> Delivery? {
        let mailbox = try mailbox(path)
        let deadline = now().timeIntervalSince1970 + wait
        let id = state.withLock { state in
            state.lastWaiter += 1
            return state.lastWaiter
        }
        let cancellation = BrokerOperation(run: { $0.cancel(id) }, fail: { _ in })
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let waiter = WaitingReceivers.Waiter(id: id, mailbox: mailbox, mode: mode, deadline: deadline) {
                    continuation.resume(with: $0)
                }
                submit(BrokerOperation(run: { try $0.receive(waiter) }, fail: { waiter.resume(.failure($0)) }))
                // A cancellation that came before the line above found nobody to cancel.
                if Task.isCancelled { submit(cancellation) }
            }
        } onCancel: {
            submit(cancellation)
        }
    }

    func complete(_ lock: LockReference, in path: String) async throws {
        let mailbox = try mailbox(path)
        try await settle { turn in try turn.complete(lock, in: mailbox) }
    }

    func abandon(_ lock: LockReference, in path: String) async throws {
        let mailbox = try mailbox(path)
        try await settle { turn in try turn.abandon(lock, in: mailbox) }
    }

    func renew(_ lock: LockReference, in path: String) async throws {
        let mailbox = try mailbox(path)
        try await settle { turn in try turn.renew(lock, in: mailbox) }
    }

    /// Takes back a message that its receiver did not get; nobody waits for it to be done.
    func takeBack(_ delivery: Delivery) {
        guard let mailbox = entities.mailbox(delivery.path) else { return }
        submit(BrokerOperation(run: { try $0.takeBack(delivery, in: mailbox) }, fail: { _ in }))
    }

    /// How many messages there are in a queue or subscription.
    func counts(in path: String) async throws -> MessageCounts {
        let mailbox = try mailbox(path)
        return try await perform { turn in try turn.counts(mailbox) }
    }

    /// How many messages there are in each of these, all at the same moment.
    func allCounts(in paths: [String]) async throws -> [MessageCounts] {
        let mailboxes = try paths.map(mailbox)
        return try await perform { turn in try mailboxes.map { try turn.counts($0) } }
    }

    private func mailbox(_ path: String) throws(BrokerError) -> Mailbox {
        guard let mailbox = entities.mailbox(path) else { throw .unknownEntity }
        return mailbox
    }

    private func settle(_ body: @escaping @Sendable (inout Turn) throws -> Bool) async throws {
        guard try await perform(body) else { throw BrokerError.lockLost }
    }

    private func perform<Value: Sendable>(
        _ body: @escaping @Sendable (inout Turn) throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            let operation = BrokerOperation { turn in
                let value = try body(&turn)
                turn.afterCommit { continuation.resume(returning: value) }
            } fail: { error in
                continuation.resume(throwing: error)
            }
            submit(operation)
        }
    }

    // MARK: The line of operations

    private func submit(_ operation: BrokerOperation) {
        let isStopped = state.withLock { state in
            if !state.isStopped { state.pending.append(operation) }
            return state.isStopped
        }
        if isStopped { operation.fail(BrokerError.stopped) } else { bell.ring() }
    }

    /// The operations of the next transaction.
    func nextBatch() -> [BrokerOperation] {
        state.withLock { state in
            let batch = Array(state.pending.prefix(Self.batchLimit))
            state.pending.removeFirst(batch.count)
            return batch
        }
    }

    /// Lets those who wait for a message go, and nobody wait from now on.
    func endWaits() {
        state.withLock { $0.acceptsWaits = false }
        bell.ring()
    }

    /// Ends ``run(in:logger:)`` once everything that was asked for is done.
    func finish() {
        state.withLock { $0.isFinishing = true }
        bell.ring()
    }
}
