import Logging
import Messaging
import ServiceLifecycle
import Synchronization
import TestInstruments

/// What a pump did, in the order in which it did it.
final class Journal: Sendable {
    private struct State {
        var lines: [String] = []
        var watchers: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
    }

    private let state = Mutex(State())

    var lines: [String] { state.withLock { $0.lines } }

    func note(_ line: String) {
        let reached = state.withLock { state in
            state.lines.append(line)
            let reached = state.watchers.filter { $0.count <= state.lines.count }
            state.watchers.removeAll { $0.count <= state.lines.count }
            return reached
        }
        for watcher in reached { watcher.continuation.resume() }
    }

    /// Waits until there are this many lines, or for cancellation, so that a broken test ends.
    func wait(for count: Int) async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if state.lines.count >= count || Task.isCancelled { return true }
                    state.watchers.append((count, continuation))
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            let watchers = state.withLock { state in
                defer { state.watchers = [] }
                return state.watchers
            }
            for watcher in watchers { watcher.continuation.resume() }
        }
    }
}

/// A log handler that keeps what is logged.
struct JournalLogHandler: LogHandler {
    let journal: Journal
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let facts = (event.metadata ?? [:]).sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        journal.note(([event.level.rawValue, "\(event.message)"] + facts).joined(separator: " "))
    }
}

/// A queue whose every operation can be watched, and made to fail.
final class WatchedQueue: MessageSender, MessageReceiver {
    let queue: InMemoryQueue
    let journal = Journal()
    private let failure = Mutex<MessagingError?>(nil)

    init(_ queue: InMemoryQueue) {
        self.queue = queue
    }

    /// Makes every operation fail, or none.
    func fail(with error: MessagingError?) {
        failure.withLock { $0 = error }
    }

    func send(_ messages: [OutgoingMessage]) async throws {
        try check("send \(messages.map(\.id).joined(separator: ","))")
        try queue.send(messages)
    }

    func receive(waitingAtMost wait: Duration) async throws -> ReceivedMessage? {
        try check(nil)
        return try await queue.receive(waitingAtMost: wait)
    }

    func complete(_ lock: MessageLock) async throws {
        try check("complete")
        try queue.complete(lock)
    }

    func abandon(_ lock: MessageLock) async throws {
        try check("abandon")
        try queue.abandon(lock)
    }

    func renew(_ lock: MessageLock) async throws {
        try check("renew")
        try queue.renew(lock)
    }

    private func check(_ line: String?) throws {
        if let line { journal.note(line) }
        if let error = failure.withLock({ $0 }) { throw error }
    }
}

/// A pump on a clock that stands still, with all that it touches.
struct PumpHarness {
    let clock = TestClock()
    let queue: WatchedQueue
    let dead: InMemoryQueue
    let handled = Journal()
    let log = Journal()
    var rules = MessagePump.Rules(
        concurrency: 2,
        maxDeliveries: 3,
        wait: .seconds(55),
        handlerBackoff: Backoff(first: .seconds(4), limit: .seconds(60)),
        brokerBackoff: Backoff(first: .seconds(1), limit: .seconds(30)),
        shutdownTime: .seconds(20)
    )

    init(lock: Duration = .seconds(60), maxDeliveries: Int = 100) {
        let clock = clock
        self.queue = WatchedQueue(
            InMemoryQueue(
                rules: .init(lock: lock, maxDeliveries: maxDeliveries),
                clock: clock,
                now: { clock.date }
            )
        )
        self.dead = InMemoryQueue(clock: clock, now: { clock.date })
    }

    /// Runs a pump while the body runs, then stops it gracefully and waits for its end.
    func run(
        deadLetters: Bool = true,
        handler: @escaping MessagePump.Handler,
        _ body: (ServiceGroup) async throws -> Void
    ) async throws {
        let (clock, handled) = (clock, handled)
        let pump = MessagePump(
            from: queue,
            deadLetters: deadLetters ? dead : nil,
            rules: rules,
            clock: clock,
            now: { clock.date },
            jitter: { 1 },
            logger: Logger(label: "pump") { [log] _ in JournalLogHandler(journal: log) }
        ) { message in
            handled.note("\(message.id) \(message.deliveryCount)")
            try await handler(message)
        }
        let group = ServiceGroup(
            configuration: .init(services: [pump], logger: Logger(label: "group") { _ in SwiftLogNoOpLogHandler() })
        )
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            try await body(group)
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    func send(_ ids: String..., subject: String? = nil) throws {
        try queue.queue.send(ids.map { OutgoingMessage(id: $0, subject: subject, body: Array("secret body".utf8)) })
    }
}
