public import ServiceLifecycle

import Synchronization

/// Lets calls that come at the same time travel together, so that a broker answers one request for many events.
///
/// A call goes at once while few requests are open; what comes meanwhile goes with the next. There is no timer and no
/// delay: this is what databases call group commit. Each caller is told what became of its own messages. Where a batch
/// is refused for what may be the fault of one message, its halves are sent, and theirs, until the message is alone.
///
/// ```swift
/// let sender = BatchingSender(to: queue)
/// // … and in a group of services, before those that send:
/// try await sender.run()
/// ```
public final class BatchingSender: MessageSender, Service {
    /// How much travels together, and how much may wait.
    public struct Limits: Sendable, Hashable {
        /// Requests that are open at the same time.
        public var requests: Int
        /// Messages of one batch.
        public var batchMessages: Int
        /// Bytes of one batch.
        public var batchBytes: Int
        /// Messages that wait for a request, at most; more are refused.
        public var queuedMessages: Int
        /// Bytes of these.
        public var queuedBytes: Int

        public init(
            requests: Int = 2,
            batchMessages: Int = 500,
            batchBytes: Int = MessageLimits.messageBytes,
            queuedMessages: Int = 20_000,
            queuedBytes: Int = 64 << 20
        ) {
            self.requests = max(1, requests)
            self.batchMessages = min(batchMessages, MessageLimits.batchMessages)
            self.batchBytes = min(batchBytes, MessageLimits.messageBytes)
            self.queuedMessages = queuedMessages
            self.queuedBytes = queuedBytes
        }
    }

    private struct State {
        var schedule: BatchSchedule
        var callers: [Int: CheckedContinuation<Void, any Error>] = [:]
        var nextID = 0

        mutating func next() -> [BatchSchedule.Call]? {
            let callers = callers
            return schedule.next { callers[$0.id] != nil }
        }

        mutating func removeCallers() -> [CheckedContinuation<Void, any Error>] {
            defer { callers = [:] }
            return Array(callers.values)
        }
    }

    private let sender: any MessageSender
    private let state: Mutex<State>
    private let wakes: AsyncStream<Void>
    private let wake: AsyncStream<Void>.Continuation

    /// Describes a sender; what it is given is sent when it runs.
    ///
    /// - Parameters:
    ///   - sender: Where batches go.
    ///   - limits: How much travels together, and how much may wait.
    public init(to sender: any MessageSender, limits: Limits = Limits()) {
        self.sender = sender
        self.state = Mutex(State(schedule: BatchSchedule(limits: limits)))
        (wakes, wake) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// How many calls wait for a request.
    package var waiting: Int { state.withLock { $0.schedule.waiting } }

    /// Whether it takes nothing more.
    package var isClosing: Bool { state.withLock { $0.schedule.isClosing } }

    // MARK: Callers

    /// Sends messages, all or none, together with those of other callers.
    ///
    /// A caller that is cancelled goes at once; messages that are on their way then may arrive all the same.
    ///
    /// - Throws: ``MessagingError``, `CancellationError`.
    public func send(_ messages: [OutgoingMessage]) async throws {
        // What no broker takes would only break up a batch.
        for message in messages { try message.check() }
        if messages.isEmpty { return }
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { caller in
                enter(caller, BatchSchedule.Call(id: id, messages: messages))
            }
        } onCancel: {
            state.withLock { $0.callers.removeValue(forKey: id) }?.resume(throwing: CancellationError())
        }
    }

    private func enter(_ caller: CheckedContinuation<Void, any Error>, _ call: BatchSchedule.Call) {
        let refusal = state.withLock { state -> (any Error)? in
            if Task.isCancelled { return CancellationError() }
            do {
                try state.schedule.add(call)
            } catch {
                return error
            }
            state.callers[call.id] = caller
            return nil
        }
        if let refusal { caller.resume(throwing: refusal) } else { wake.yield() }
    }

    // MARK: Running

    /// Sends batches until the service is told to stop, and then what is left.
    public func run() async throws {
        await withGracefulShutdownHandler {
            await withTaskCancellationHandler {
                await withDiscardingTaskGroup { group in
                    for await _ in wakes {
                        while let batch = state.withLock({ $0.next() }) {
                            group.addTask { await self.sendAll(from: batch) }
                        }
                        if state.withLock({ $0.schedule.isDone }) { break }
                    }
                }
            } onCancel: {
                self.close()
            }
        } onGracefulShutdown: {
            self.close()
        }
        close()
        for caller in state.withLock({ $0.removeCallers() }) {
            caller.resume(
                throwing: MessagingError.unavailable(reason: "nothing more is sent, because the service stops")
            )
        }
    }

    private func close() {
        state.withLock { $0.schedule.close() }
        wake.yield()
    }

    /// Sends a batch, and then whatever has come meanwhile.
    private func sendAll(from batch: [BatchSchedule.Call]) async {
        var next: [BatchSchedule.Call]? = batch
        while let batch = next {
            await deliver(batch[...])
            next = state.withLock { state in
                state.schedule.finished()
                return state.next()
            }
        }
        // The last of all ends the run.
        if state.withLock({ $0.schedule.isDone }) { wake.yield() }
    }

    private func deliver(_ calls: ArraySlice<BatchSchedule.Call>) async {
        do {
            try await sender.send(calls.flatMap(\.messages))
            tell(calls, .success(()))
        } catch let error as MessagingError {
            guard calls.count > 1, error.mayConcernOneMessage else { return tell(calls, .failure(error)) }
            let middle = calls.startIndex + calls.count / 2
            await deliver(calls[..<middle])
            await deliver(calls[middle...])
        } catch {
            // Cancelled is the run, not the callers.
            tell(calls, .failure(MessagingError.unavailable(reason: "\(error)")))
        }
    }

    private func tell(_ calls: ArraySlice<BatchSchedule.Call>, _ result: Result<Void, any Error>) {
        let callers = state.withLock { state in calls.compactMap { state.callers.removeValue(forKey: $0.id) } }
        for caller in callers { caller.resume(with: result) }
    }
}

extension MessagingError {
    /// Whether the messages beside one may be taken without it.
    fileprivate var mayConcernOneMessage: Bool {
        switch self {
        case .tooLarge, .invalidMessage: true
        case .unavailable, .lockLost, .unknownEntity, .unauthorized, .unexpectedAnswer: false
        }
    }
}
