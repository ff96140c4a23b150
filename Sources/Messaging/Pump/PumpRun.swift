import Logging
import ServiceLifecycle

/// What a child task of the pump reports when it ends.
enum PumpEvent: Sendable {
    case received(ReceivedMessage)
    case receivedNothing
    case receiveFailed(any Error)
    case handled
    /// The handler failed; the message is to wait before it is given back.
    case handlerFailed(ReceivedMessage)
    case waited
    /// The task was cancelled before the message was settled.
    case interrupted(MessageLock, wasWaiting: Bool)
    case shutdown
    case timeIsUp
}

/// One run of a pump: follows the schedule with child tasks.
struct PumpRun {
    private(set) var interrupted: [MessageLock] = []
    private let pump: MessagePump
    private var schedule: PumpSchedule
    /// What keeps messages from coming; `nil` while all is well.
    private var trouble: String?

    init(_ pump: MessagePump) {
        self.pump = pump
        self.schedule = PumpSchedule(limit: pump.rules.concurrency)
    }

    mutating func start(in group: inout TaskGroup<PumpEvent>) {
        group.addTask {
            try? await gracefulShutdown()
            return .shutdown
        }
        poll(schedule.start(), in: &group)
    }

    mutating func follow(_ event: PumpEvent, in group: inout TaskGroup<PumpEvent>) {
        switch event {
        case .received(let message): take(message, in: &group)
        case .receivedNothing:
            recovered()
            poll(schedule.receivedNothing(), in: &group)
        case .receiveFailed(let error):
            if !schedule.isClosing { report(error) }
            poll(schedule.receiveFailed(), in: &group)
        case .handled: poll(schedule.handled(), in: &group)
        case .handlerFailed(let message): wait(with: message, in: &group)
        case .waited: schedule.waited()
        case .interrupted(let lock, let wasWaiting):
            interrupted.append(lock)
            if wasWaiting { schedule.waited() } else { poll(schedule.handled(), in: &group) }
        case .shutdown: close(in: &group)
        case .timeIsUp: group.cancelAll()
        }
        if schedule.isDone { group.cancelAll() }
    }

    private mutating func take(_ message: ReceivedMessage, in group: inout TaskGroup<PumpEvent>) {
        recovered()
        let worker = pump.worker
        let actions = schedule.received()
        if actions.contains(.giveBack) {
            group.addTask { await worker.giveBack(message.lock) }
        } else {
            group.addTask { await worker.handle(message) }
        }
        poll(actions, in: &group)
    }

    private mutating func wait(with message: ReceivedMessage, in group: inout TaskGroup<PumpEvent>) {
        // To give back what has no room to wait would spend its deliveries in no time. Left alone it comes again when
        // its lock runs out, and costs nothing until then.
        guard schedule.hasRoomToWait || schedule.isClosing else { return poll(schedule.handled(), in: &group) }
        let pause = !schedule.isClosing
        poll(schedule.handlerFailed(), in: &group)
        let worker = pump.worker
        var light = message
        light.body = []
        group.addTask { [light] in await worker.wait(with: light, pausing: pause) }
    }

    private mutating func close(in group: inout TaskGroup<PumpEvent>) {
        guard !schedule.isClosing else { return }
        schedule.close()
        let (clock, time) = (pump.clock, pump.rules.shutdownTime)
        group.addTask {
            try? await clock.sleep(for: time)
            return .timeIsUp
        }
    }

    // MARK: Receiving

    private func poll(_ actions: [PumpSchedule.Action], in group: inout TaskGroup<PumpEvent>) {
        let pump = pump
        for case .poll(let failures) in actions {
            group.addTask { await Self.poll(pump, afterFailures: failures) }
        }
    }

    private static func poll(_ pump: MessagePump, afterFailures failures: Int) async -> PumpEvent {
        do {
            return try await cancelWhenGracefulShutdown {
                if failures > 0 {
                    try await pump.clock.sleep(
                        for: pump.rules.brokerBackoff.delay(afterFailures: failures, jitter: pump.jitter())
                    )
                }
                let message = try await pump.receiver.receive(waitingAtMost: pump.rules.wait)
                return message.map(PumpEvent.received) ?? .receivedNothing
            }
        } catch {
            return .receiveFailed(error)
        }
    }

    // MARK: One line per change of state

    private mutating func report(_ error: any Error) {
        let found = error is CancellationError ? nil : Self.kind(of: error)
        guard let found, found != trouble else { return }
        trouble = found
        pump.logger.error("No messages can be received; trying again", metadata: ["error": "\(error)"])
    }

    private mutating func recovered() {
        guard trouble != nil else { return }
        trouble = nil
        pump.logger.info("Messages can be received again")
    }

    /// What two errors have in common that need no second line in the log.
    private static func kind(of error: any Error) -> String {
        switch error as? MessagingError {
        case .unavailable: "unavailable"
        case let other?: "\(other)"
        case nil: "\(type(of: error))"
        }
    }
}
