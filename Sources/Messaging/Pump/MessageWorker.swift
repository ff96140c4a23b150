import Logging
import ServiceLifecycle

/// Handles one message from its receipt to its settlement.
struct MessageWorker: Sendable {
    let receiver: any MessageReceiver
    let deadLetters: (any MessageSender)?
    let rules: MessagePump.Rules
    let renewal: LockRenewal
    let clock: any Clock<Duration>
    let jitter: Jitter
    let logger: Logger
    let handler: MessagePump.Handler

    /// How often settling is tried; the handler's work is done, and a lost answer should not repeat it.
    private static let settlementTries = 4

    func handle(_ message: ReceivedMessage) async -> PumpEvent {
        let outcome = await renewal.holding(message) { await attempt(message) }
        switch outcome {
        case .finished(let event): return event
        case .lockLost:
            logger.warning("The lock ran out while the message was handled", metadata: facts(message))
            return .handled
        }
    }

    /// Keeps a failed message from being delivered again at once, then gives it back.
    func wait(with message: ReceivedMessage, pausing pause: Bool) async -> PumpEvent {
        let delay = rules.handlerBackoff.delay(afterFailures: message.deliveryCount, jitter: jitter())
        let outcome = await renewal.holding(message) { () -> PumpEvent in
            if pause { try? await cancelWhenGracefulShutdown { try await clock.sleep(for: delay) } }
            guard !Task.isCancelled else { return .interrupted(message.lock, wasWaiting: true) }
            await settle(message) { try await receiver.abandon(message.lock) }
            return .waited
        }
        switch outcome {
        case .finished(let event): return event
        case .lockLost: return .waited
        }
    }

    func giveBack(_ lock: MessageLock) async -> PumpEvent {
        do {
            try await receiver.abandon(lock)
            return .handled
        } catch {
            return .interrupted(lock, wasWaiting: false)
        }
    }

    // MARK: The handler and what follows

    private func attempt(_ message: ReceivedMessage) async -> PumpEvent {
        // It was given back by processes that ended before they could say so.
        guard message.deliveryCount <= rules.maxDeliveries else {
            return await giveUp(message, .maxDeliveryCountExceeded(rules.maxDeliveries))
        }
        do {
            try await handler(message)
        } catch let rejection as RejectedMessage {
            return await giveUp(message, rejection)
        } catch {
            if Task.isCancelled { return .interrupted(message.lock, wasWaiting: false) }
            logger.warning("A message could not be handled", metadata: facts(message, error))
            guard message.deliveryCount >= rules.maxDeliveries else { return .handlerFailed(message) }
            return await giveUp(message, .maxDeliveryCountExceeded(rules.maxDeliveries, last: "\(error)"))
        }
        await settle(message) { try await receiver.complete(message.lock) }
        return .handled
    }

    /// Puts a copy into the dead-letter queue and completes the message; a crash between the two leaves both, and the
    /// second copy is dropped by its id.
    private func giveUp(_ message: ReceivedMessage, _ rejection: RejectedMessage) async -> PumpEvent {
        guard let deadLetters else {
            await settle(message) { try await receiver.abandon(message.lock) }
            return .handled
        }
        do {
            try await deadLetters.send([message.deadLetter(rejection)])
        } catch {
            if Task.isCancelled { return .interrupted(message.lock, wasWaiting: false) }
            logger.error("A message could not be put into the dead-letter queue", metadata: facts(message, error))
            return .handlerFailed(message)
        }
        logger.warning("A message became a dead letter: \(rejection.reason)", metadata: facts(message))
        await settle(message) { try await receiver.complete(message.lock) }
        return .handled
    }

    private func settle(_ message: ReceivedMessage, _ operation: () async throws -> Void) async {
        for attempt in 1...Self.settlementTries {
            do {
                return try await operation()
            } catch MessagingError.unavailable where attempt < Self.settlementTries && !Task.isCancelled {
                try? await clock.sleep(for: rules.brokerBackoff.delay(afterFailures: attempt, jitter: jitter()))
            } catch {
                logger.warning("A message could not be settled; it comes again", metadata: facts(message, error))
                return
            }
        }
    }

    /// What the log is told; of an error of the handler only its type, because its text may quote the body.
    private func facts(_ message: ReceivedMessage, _ error: (any Error)? = nil) -> Logger.Metadata {
        var facts: Logger.Metadata = ["message": "\(message.id)", "delivery": "\(message.deliveryCount)"]
        if let subject = message.subject { facts["subject"] = "\(subject)" }
        switch error {
        case let error as MessagingError: facts["error"] = "\(error)"
        case let error?: facts["error"] = "\(type(of: error))"
        case nil: break
        }
        return facts
    }
}
