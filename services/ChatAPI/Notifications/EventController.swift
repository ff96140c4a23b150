import AsyncHTTPClient
import Events
import EventsClient
import HTTPTypes
import Hummingbird
import JSONText
import ServiceKit
import Settings

/// Passes events on to the event API, so that a page needs no address but its own.
struct EventController {
    let address: String
    /// Signs what says to the event API who sends.
    let issuer: BearerIssuer
    let client: HTTPClient

    func addRoutes(to api: RouterGroup<ServiceContext>) {
        api.post("events", use: send)
    }

    /// Takes an event as the event API does, and answers as it does.
    @Sendable func send(_ request: Request, context: ServiceContext) async throws -> Response {
        let user = context.user ?? NoticeController.guest
        let event: Event
        do {
            event = try Event(try await request.json(upTo: Event.sizeLimit), defaultUser: user)
        } catch let error as EventError {
            throw APIError(.badRequest, problems: error.problems)
        }
        // Long enough for every attempt, and of no use to anybody soon after.
        let token = SecretValue(try await issuer.token(for: user, lifetime: .seconds(120)))
        do {
            let events = try EventClient(
                address: address,
                token: token,
                client: client,
                retry: EventRetry(attempts: 3, longestPause: .seconds(5))
            )
            let id = try await events.send(event, idempotencyKey: request.headers[.idempotencyKey])
            return .json(["id": .string(id)], status: .accepted)
        } catch let error as EventClientError {
            throw APIError(error)
        }
    }
}

extension APIError {
    fileprivate init(_ status: HTTPResponse.Status, problems: [EventError.Problem]) {
        self.init(
            status,
            code: "invalid_event",
            message: "The event has \(problems.count == 1 ? "a problem" : "\(problems.count) problems").",
            details: problems.map { .init(field: $0.field, problem: $0.text) }
        )
    }

    /// What a client is told when its event was not taken.
    ///
    /// A token that the event API does not accept is a fault of this service, for it has signed it.
    fileprivate init(_ error: EventClientError) {
        switch error {
        case .refused(let status, _, let problems) where (400..<500).contains(status):
            self.init(HTTPResponse.Status(code: status), problems: problems)
        case .badAddress, .unauthorized, .refused:
            self.init(.badGateway, code: "events_refused", message: "The event API does not accept events from here.")
        case .unavailable:
            self.init(
                .serviceUnavailable,
                code: "events_unavailable",
                message: "The event API does not take events at the moment. Try again.",
                headers: [.retryAfter: "2"]
            )
        }
    }
}

extension HTTPField.Name {
    fileprivate static let idempotencyKey = HTTPField.Name("Idempotency-Key") ?? .connection
}
