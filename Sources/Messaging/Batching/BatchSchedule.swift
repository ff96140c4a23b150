import DequeModule

/// Decides which calls travel together and when, without doing so.
///
/// A call goes at once while fewer requests are open than may be; what comes meanwhile goes together with the next.
/// So batches grow by themselves when the broker is slower than its callers, and nobody waits for a batch to fill.
struct BatchSchedule {
    /// One call of `send`: its messages travel together or not at all.
    struct Call: Sendable {
        let id: Int
        let messages: [OutgoingMessage]
        let size: Int

        init(id: Int, messages: [OutgoingMessage]) {
            self.id = id
            self.messages = messages
            self.size = messages.reduce(0) { $0 + $1.size + Self.overhead }
        }

        /// What the names of its members and the marks between them add to a message, roughly.
        private static let overhead = 160
    }

    private let limits: BatchingSender.Limits
    private var queue: Deque<Call> = []
    private var queuedMessages = 0
    private var queuedBytes = 0
    private var requests = 0
    private(set) var isClosing = false

    init(limits: BatchingSender.Limits) {
        self.limits = limits
    }

    /// Whether nothing is left to send.
    var isDone: Bool { isClosing && queue.isEmpty && requests == 0 }

    /// How many calls wait for a request.
    var waiting: Int { queue.count }

    /// Puts a call at the end of the queue.
    ///
    /// - Throws: ``MessagingError/unavailable(reason:)`` where there is no room for it.
    mutating func add(_ call: Call) throws(MessagingError) {
        guard !isClosing else { throw .unavailable(reason: "nothing more is sent, because the service stops") }
        guard queuedMessages + call.messages.count <= limits.queuedMessages,
            queuedBytes + call.size <= limits.queuedBytes
        else { throw .unavailable(reason: "the broker does not keep up, and \(queue.count) calls wait") }
        queue.append(call)
        queuedMessages += call.messages.count
        queuedBytes += call.size
    }

    /// The next batch to send, if one may be sent now; ``finished()`` must follow it.
    ///
    /// - Parameter isWanted: Tells whether somebody still waits for a call; others are passed over.
    /// - Returns: Calls in the order in which they came; `nil` where there are none or no request may be opened.
    mutating func next(where isWanted: (Call) -> Bool) -> [Call]? {
        guard requests < limits.requests else { return nil }
        var batch: [Call] = []
        var (messages, bytes) = (0, 0)
        while let call = queue.first {
            let fits =
                messages + call.messages.count <= limits.batchMessages && bytes + call.size <= limits.batchBytes
            guard fits || batch.isEmpty else { break }
            remove(call)
            guard isWanted(call) else { continue }
            batch.append(call)
            messages += call.messages.count
            bytes += call.size
        }
        guard !batch.isEmpty else { return nil }
        requests += 1
        return batch
    }

    private mutating func remove(_ call: Call) {
        queue.removeFirst()
        queuedMessages -= call.messages.count
        queuedBytes -= call.size
    }

    mutating func finished() {
        requests -= 1
    }

    mutating func close() {
        isClosing = true
    }
}
