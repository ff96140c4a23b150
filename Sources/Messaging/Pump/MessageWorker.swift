import Logging
import ServiceLifecycle

/// Handles one message from its receipt to its settlement.
struct MessageWorker: Sendable {
    let receiver: any MessageReceiver
    let rules: MessagePump.Rules
    let renewal: LockRenewal
    let clock: any Clock<Duration>
    let jitter: Jitter
    let logger: Logger
    let trial: MessageTrial

    /// How often settling is tried; the handler's work is done, and a lost answer should not repeat it.
    private static let settlementTries = 4

    func handle(_ message: ReceivedMessage) async -> PumpEvent {
        let outcome = await renewal.holding(message) { await attempt(message) }
        switch outcome {
        case .finished(let event): return event
        case .lockLost:
            logger.warning("The lock ran out while the message was handled", metadata: message.facts())
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
        switch await trial.outcome(of: message) {
        case .handled, .deadLettered: await settle(message) { try await receiver.complete(message.lock) }
        case .unwanted: await settle(message) { try await receiver.abandon(message.lock) }
        case .failed: return .handlerFailed(message)
        case .interrupted: return .interrupted(message.lock, wasWaiting: false)
        }
        return .handled
    }

    private func settle(_ message: ReceivedMessage, _ operation: () async throws -> Void) async {
        for attempt in 1...Self.settlementTries {
            do {
                return try await operation()
            } catch MessagingError.unavailable where attempt < Self.settlementTries && !Task.isCancelled {
                try? await clock.sleep(for: rules.brokerBackoff.delay(afterFailures: attempt, jitter: jitter()))
            } catch {
                logger.warning("A message could not be settled; it comes again", metadata: message.facts(error))
                return
            }
        }
    }
}
