import ChatResponding
import Contracts
import Events
import FunctionHost
import Messaging

/// The code behind the functions that the contract declares.
struct Functions: Sendable {
    let intake: EventIntake
    let handle: HandleEvent
    let schedules: ScheduleFunctions
    let posts: PostFunctions

    var all: [HostedFunction] {
        let one = AcceptEvent(intake: intake)
        let many = AcceptEvents(intake: intake)
        return [
            .http(EventSettings.acceptEvent) { try await one.handle($0, context: $1) },
            .http(EventSettings.acceptEvents) { try await many.handle($0, context: $1) },
            .messages(EventSettings.handleEvent, route),
        ] + schedules.all + posts.all
    }

    /// One queue has one consumer: events, and the messages that wake schedules.
    @Sendable private func route(_ message: ReceivedMessage) async throws {
        guard message.subject != DueMessage.subject else { return try await schedules.handle(message) }
        try await handle.handle(try Event(message: message), message: message)
    }
}
