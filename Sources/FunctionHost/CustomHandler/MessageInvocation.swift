import HTTPTypes
import Logging
import Messaging
import ServiceKit
import ServiceLifecycle

/// Messages that the host has taken from the queue: it settles them by the answer, and keeps their locks meanwhile.
///
/// A handler's message is treated as ``MessagePump`` treats it. Only what the pump says to the broker is said to the
/// host here: 200 completes, anything else gives back.
struct MessageInvocation: Sendable {
    let trial: MessageTrial
    let pauses: Pauses

    func result(of message: ReceivedMessage) async throws -> InvocationResult {
        switch await trial.outcome(of: message) {
        case .handled: return InvocationResult()
        case .deadLettered(let rejection):
            return InvocationResult(logs: ["The message \(message.id) became a dead letter: \(rejection.reason)"])
        case .unwanted: throw APIError.notHandled
        case .failed:
            await pauses.pause(afterDeliveries: message.deliveryCount)
            throw APIError.notHandled
        case .interrupted:
            throw APIError(.serviceUnavailable, code: "stopping", message: "The program stops. Deliver it again.")
        }
    }
}

/// The time between a failure and the answer, for the host delivers again at once what was not handled.
///
/// A pause takes one of the calls that the host makes at the same time, so no more than half of them may rest.
struct Pauses: Sendable {
    let rules: MessagePump.Rules
    let clock: any Clock<Duration>
    let jitter: Jitter
    private let room: Room

    init(rules: MessagePump.Rules, clock: any Clock<Duration>, jitter: @escaping Jitter) {
        self.rules = rules
        self.clock = clock
        self.jitter = jitter
        self.room = Room(places: rules.concurrency / 2)
    }

    /// Rests for longer after each delivery; not at all when too many do, and no longer than the program is to run.
    func pause(afterDeliveries deliveries: Int) async {
        guard room.enter() else { return }
        defer { room.leave() }
        let delay = rules.handlerBackoff.delay(afterFailures: deliveries, jitter: jitter())
        try? await cancelWhenGracefulShutdown { try await clock.sleep(for: delay) }
    }
}

extension APIError {
    /// The answer that makes the host give a message back.
    fileprivate static let notHandled = APIError(
        .internalServerError,
        code: "not_handled",
        message: "The message could not be handled. The log says why."
    )
}
