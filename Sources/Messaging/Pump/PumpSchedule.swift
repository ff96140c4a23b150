/// Decides when a pump asks for messages, without doing so.
///
/// An idle pump has one request open. Each message that comes lets it open one more than it had, so that a backlog is
/// taken in parallel; each request that ends empty is not repeated unless it was the last.
struct PumpSchedule {
    /// Messages that are handled at the same time, at most.
    let limit: Int
    private(set) var polls = 0
    private(set) var handling = 0
    /// Messages whose handler failed and whose lock is held until they may be tried again.
    private(set) var waiting = 0
    private(set) var isClosing = false
    private var failures = 0

    enum Action: Hashable {
        /// Ask for a message, after the pause that so many failures in a row call for.
        case poll(afterFailures: Int)
        case handle
        case giveBack
    }

    init(limit: Int) {
        self.limit = max(1, limit)
    }

    /// Whether nothing is left to wait for.
    var isDone: Bool { isClosing && polls == 0 && handling == 0 && waiting == 0 }

    /// Whether one more failed message may wait; their bodies are let go, but they are not free.
    var hasRoomToWait: Bool { waiting < limit * 16 }

    mutating func start() -> [Action] { refill(to: 1) }

    mutating func received() -> [Action] {
        failures = 0
        handling += 1
        polls -= 1
        guard !isClosing else { return [.giveBack] }
        return [.handle] + refill(to: polls + 2)
    }

    mutating func receivedNothing() -> [Action] {
        failures = 0
        polls -= 1
        return refill(to: 1)
    }

    mutating func receiveFailed() -> [Action] {
        polls -= 1
        // Several requests that fail together are one failure.
        if polls == 0 { failures += 1 }
        return refill(to: 1)
    }

    mutating func handled() -> [Action] {
        handling -= 1
        return refill(to: 1)
    }

    mutating func handlerFailed() -> [Action] {
        handling -= 1
        waiting += 1
        return refill(to: 1)
    }

    mutating func waited() {
        waiting -= 1
    }

    mutating func close() {
        isClosing = true
    }

    private mutating func refill(to target: Int) -> [Action] {
        guard !isClosing else { return [] }
        var actions: [Action] = []
        while polls < target, polls + handling < limit {
            polls += 1
            actions.append(.poll(afterFailures: failures))
        }
        return actions
    }
}
