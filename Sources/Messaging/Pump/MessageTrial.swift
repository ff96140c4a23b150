package import Logging

/// Has a handler try one message, and deals with what must not be tried again; every host of handlers goes by it.
package struct MessageTrial: Sendable {
    private let deadLetters: (any MessageSender)?
    private let maxDeliveries: Int
    private let logger: Logger
    private let handler: MessagePump.Handler

    /// What has become of a message; whoever holds its lock acts on it.
    package enum Outcome: Sendable {
        /// The work is done: complete it.
        case handled
        /// A copy is in the dead-letter queue: complete it.
        case deadLettered(RejectedMessage)
        /// It should be a dead letter and there is no queue for them: give it back, and the broker's own rule applies.
        case unwanted
        /// It may succeed another time: give it back after a pause.
        case failed
        /// The handler was cancelled: give it back.
        case interrupted
    }

    /// Describes a trial.
    ///
    /// - Parameters:
    ///   - deadLetters: Where messages go that are given up.
    ///   - maxDeliveries: Deliveries after which a message is given up.
    ///   - logger: Is told ids, subjects and delivery counts, never bodies.
    ///   - handler: Does the work.
    package init(
        deadLetters: (any MessageSender)?,
        maxDeliveries: Int,
        logger: Logger,
        handler: @escaping MessagePump.Handler
    ) {
        self.deadLetters = deadLetters
        self.maxDeliveries = maxDeliveries
        self.logger = logger
        self.handler = handler
    }

    package func outcome(of message: ReceivedMessage) async -> Outcome {
        // It was given back by processes that ended before they could say so.
        guard message.deliveryCount <= maxDeliveries else {
            return await giveUp(message, .maxDeliveryCountExceeded(maxDeliveries))
        }
        do {
            try await message.handled(by: handler)
            return .handled
        } catch let rejection as RejectedMessage {
            return await giveUp(message, rejection)
        } catch {
            if Task.isCancelled { return .interrupted }
            logger.warning("A message could not be handled", metadata: message.facts(error))
            guard message.deliveryCount >= maxDeliveries else { return .failed }
            return await giveUp(message, .maxDeliveryCountExceeded(maxDeliveries, last: "\(error)"))
        }
    }

    /// Puts a copy into the dead-letter queue; a crash before the message is completed leaves both, and the second copy
    /// is dropped by its id.
    private func giveUp(_ message: ReceivedMessage, _ rejection: RejectedMessage) async -> Outcome {
        guard let deadLetters else { return .unwanted }
        do {
            try await deadLetters.send([message.deadLetter(rejection)])
        } catch {
            if Task.isCancelled { return .interrupted }
            logger.error("A message could not be put into the dead-letter queue", metadata: message.facts(error))
            return .failed
        }
        logger.warning("A message became a dead letter: \(rejection.reason)", metadata: message.facts())
        return .deadLettered(rejection)
    }
}

extension ReceivedMessage {
    /// What the log is told; of an error of the handler only its type, because its text may quote the body.
    func facts(_ error: (any Error)? = nil) -> Logger.Metadata {
        var facts: Logger.Metadata = ["message_id": "\(id)", "delivery": "\(deliveryCount)"]
        if let subject { facts["subject"] = "\(subject)" }
        switch error {
        case let error as MessagingError: facts["error"] = "\(error)"
        case let error?: facts["error"] = "\(type(of: error))"
        case nil: break
        }
        return facts
    }
}
