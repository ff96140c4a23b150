import ChatResponding
import Events
import HTTPTypes
import Hummingbird
import JSONText
import Logging
import Messaging
import ServiceKit

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// `/api/schedule`: makes, shows and removes the schedules of the user who asks.
struct ScheduleAPI: Sendable {
    let store: any ScheduleStore
    let queue: any MessageSender
    let zones: TimeZones
    /// How many schedules a user may have.
    let limit: Int
    let now: @Sendable () -> Date
    /// The id for what a request makes; a repeat of the request should get the same.
    let identify: @Sendable (Request, _ user: String) throws -> String

    /// What else is in a message beside the event, at most.
    private static let messageOverhead = 1024
    private static let largestPage = 100

    // MARK: Making

    func create(_ request: Request, context: ServiceContext) async throws -> Response {
        let user = try user(context)
        let now = now()
        let asked = try ScheduleRequest(
            try await request.json(upTo: Event.sizeLimit),
            user: user,
            now: now,
            zones: zones
        )
        let schedule = Schedule(
            id: try identify(request, user),
            owner: user,
            event: asked.event,
            timing: asked.timing,
            createdAt: now,
            next: asked.next
        )
        try checkSize(of: schedule)
        let stored = try await insert(schedule)
        if !stored.schedule.isArmed { try await arm(stored) }
        context.logger.info("scheduled", metadata: ["schedule": "\(stored.schedule.id)"])
        return .json(
            ["id": .string(stored.schedule.id), "next": .string(Timestamp(stored.schedule.next).text)],
            status: .created,
            headers: [.location: "/api/schedule/\(stored.schedule.id)"]
        )
    }

    private func checkSize(of schedule: Schedule) throws {
        let event = schedule.event.event(id: DueMessage.eventID(of: schedule, at: schedule.next), at: schedule.next)
        guard try event.message().body.count + Self.messageOverhead <= Event.sizeLimit else {
            throw APIError(.tooLarge)
        }
    }

    /// Keeps the schedule; one that is there under its id already is what an earlier try of the request has made.
    private func insert(_ schedule: Schedule) async throws -> StoredSchedule {
        do {
            return try await store.insert(schedule, limit: limit)
        } catch ScheduleStoreError.exists {
            guard let stored = try await store.schedule(schedule.id, of: schedule.owner) else {
                throw APIError.beingChanged
            }
            return stored
        } catch ScheduleStoreError.full {
            throw APIError(
                .conflict,
                code: "too_many_schedules",
                message: "You have \(limit) schedules, and more are not allowed. Delete one first."
            )
        }
    }

    /// Has the queue wake us when it is due; nothing is kept that nothing will wake.
    private func arm(_ stored: StoredSchedule) async throws {
        do {
            try await queue.send([DueMessage(for: stored.schedule).message()])
        } catch {
            do {
                try await store.delete(stored)
            } catch ScheduleStoreError.changed {
                // The message arrived nonetheless, and was handled.
            }
            throw (error as? MessagingError).map { APIError($0) } ?? error
        }
        var schedule = stored.schedule
        schedule.isArmed = true
        do {
            _ = try await store.replace(stored, with: schedule)
        } catch ScheduleStoreError.changed {
            // It was due at once, or its author has deleted it by now.
        }
    }

    // MARK: Showing and removing

    func list(_ request: Request, context: ServiceContext) async throws -> Response {
        let user = try user(context)
        var limit = Self.largestPage
        if let text = request.uri.queryParameters["limit"] {
            guard let number = Int(text), (1...Self.largestPage).contains(number) else {
                throw APIError.invalidQuery("limit", "must be a whole number from 1 to \(Self.largestPage)")
            }
            limit = number
        }
        let continuation = request.uri.queryParameters["continuation"].map { String($0) }
        guard continuation?.isEmpty != true else { throw Self.unknownContinuation }
        do {
            let page = try await store.schedules(of: user, after: continuation, limit: limit)
            return .json(
                .compact([
                    "schedules": .array(page.schedules.map(\.schedule.json)),
                    "continuation": page.continuation.map { .string($0) },
                ])
            )
        } catch ScheduleStoreError.invalidContinuation {
            throw Self.unknownContinuation
        }
    }

    private static let unknownContinuation = APIError.invalidQuery(
        "continuation",
        "must be what an earlier answer gave"
    )

    func get(_ request: Request, context: ServiceContext) async throws -> Response {
        let id = context.parameters.get("id") ?? ""
        guard let stored = try await store.schedule(id, of: try user(context)) else { throw APIError.noSchedule }
        return .json(stored.schedule.json)
    }

    func delete(_ request: Request, context: ServiceContext) async throws -> Response {
        let id = context.parameters.get("id") ?? ""
        guard try await store.delete(id, of: try user(context)) else { throw APIError.noSchedule }
        return Response(status: .noContent)
    }

    private func user(_ context: ServiceContext) throws -> String {
        guard let user = context.user else {
            throw APIError(
                .unauthorized,
                code: "unauthorized",
                message: "Schedules belong to users. Send a token.",
                headers: [.wwwAuthenticate: "Bearer"]
            )
        }
        return user
    }
}

extension APIError {
    fileprivate static let noSchedule = APIError(.notFound, code: "not_found", message: "You have no such schedule.")
    fileprivate static let beingChanged = APIError(
        .conflict,
        code: "conflict",
        message: "A schedule under this id is being changed. Send the request again."
    )

    fileprivate static func invalidQuery(_ name: String, _ problem: String) -> APIError {
        APIError(
            .badRequest,
            code: "invalid_query",
            message: "The query has a problem.",
            details: [.init(field: name, problem: problem)]
        )
    }
}
