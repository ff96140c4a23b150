import Events
import Hummingbird
import JSONText
import Logging
import ServiceKit
import WebFormats

/// `POST /api/events`: checks an event, and answers when the broker has it on disk.
struct AcceptEvent: Sendable {
    let intake: EventIntake

    func handle(_ request: Request, context: ServiceContext) async throws -> Response {
        try intake.limiter?.admit(context.user ?? "")
        let key = try IdempotencyKey(of: request, for: .event)
        let json = try await request.json(upTo: Event.sizeLimit)
        let id = try await intake.publish(json, key: key, context: context)
        context.note("event", .string(id))
        return .json(["id": .string(id)], status: .accepted)
    }
}
