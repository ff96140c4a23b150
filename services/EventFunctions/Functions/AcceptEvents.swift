import Events
import HTTPTypes
import Hummingbird
import JSONText
import Logging
import ServiceKit

/// `POST /api/events:batch`: takes up to a hundred events, and answers for each of them.
///
/// The events are published side by side; one that is refused keeps no other from being taken. With an
/// `Idempotency-Key`, each event has that key and its place in the list.
struct AcceptEvents: Sendable {
    static let countLimit = 100
    /// Bytes of the whole list.
    static let sizeLimit = 1024 * 1024

    let intake: EventIntake

    /// 202 when all events were taken, 503 when none could be for want of a broker, and 207 otherwise.
    func handle(_ request: Request, context: ServiceContext) async throws -> Response {
        let key = try IdempotencyKey(of: request, for: .events)
        let events = try Self.events(in: await request.json(upTo: Self.sizeLimit))
        try intake.limiter?.admit(context.user ?? "", cost: events.count)
        let results = try await publish(events, key: key, context: context)
        context.note("events", .stringConvertible(results.filter { $0.status == .accepted }.count))
        if let error = results.first?.error, results.allSatisfy({ $0.status == .serviceUnavailable }) { throw error }
        return .json(
            ["results": .array(results.map(\.json))],
            status: results.allSatisfy { $0.status == .accepted }
                ? .accepted : .init(code: 207, reasonPhrase: "Multi-Status")
        )
    }

    private static func events(in json: JSON) throws -> [JSON] {
        guard let events = json.array, (1...countLimit).contains(events.count) else {
            throw APIError(
                .badRequest,
                code: "invalid_batch",
                message: "The body must be a list of 1 to \(countLimit) events."
            )
        }
        return events
    }

    private func publish(_ events: [JSON], key: IdempotencyKey?, context: ServiceContext) async throws -> [Result] {
        try await withThrowingTaskGroup(of: (Int, Result).self) { group in
            for (index, event) in events.enumerated() {
                group.addTask { (index, try await publish(event, key: key?.part(index), context)) }
            }
            return try await group.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    private func publish(_ event: JSON, key: IdempotencyKey?, _ context: ServiceContext) async throws -> Result {
        do {
            return .accepted(id: try await intake.publish(event, key: key, context: context))
        } catch let error as APIError {
            return .refused(error)
        }
    }

    /// What became of one event.
    fileprivate enum Result: Sendable {
        case accepted(id: String)
        case refused(APIError)
    }
}

extension AcceptEvents.Result {
    fileprivate var error: APIError? {
        if case .refused(let error) = self { error } else { nil }
    }

    fileprivate var status: HTTPResponse.Status { error?.status ?? .accepted }

    /// `{"status":202,"id":"…"}`, or the status and the error that the event alone would have got.
    fileprivate var json: JSON {
        switch self {
        case .accepted(let id): ["status": JSON(status.code), "id": .string(id)]
        case .refused(let error): .object([.init("status", JSON(status.code))] + (error.json.members ?? []))
        }
    }
}
