import Events
import HTTPTypes
import JSONText
import ServiceKit

/// The event in the body of a request, or what is wrong with it.
struct EventBody {
    /// The event as it was sent; `nil` where it has problems.
    let event: Event?
    let problems: [APIError.Detail]

    /// Reads an event.
    ///
    /// - Parameters:
    ///   - json: The event's own document.
    ///   - user: Who sends it, and whom it concerns where it does not say.
    ///   - field: Where in the body it is, for the names of fields with problems; empty for the body itself.
    init(_ json: JSON, user: String?, field: String = "") {
        do {
            event = try Event(json, defaultUser: user)
            problems = []
        } catch {
            event = nil
            problems = error.problems.map { problem in
                let path = [field, problem.field].filter { !$0.isEmpty }.joined(separator: ".")
                return APIError.Detail(field: path, problem: problem.text)
            }
        }
    }

    /// Reads an event that is all there is to a body.
    ///
    /// - Throws: ``APIError``: 400 with the problems of all fields, 403 for an event of somebody else.
    static func event(_ json: JSON, sentBy user: String?) throws(APIError) -> Event {
        let body = EventBody(json, user: user)
        guard let event = body.event else {
            let count = body.problems.count
            throw APIError(
                .badRequest,
                code: "invalid_event",
                message: "The event has \(count == 1 ? "a problem" : "\(count) problems").",
                details: body.problems
            )
        }
        if let user { try check(event, isFrom: user) }
        return event
    }

    /// Makes sure that nobody sends an event in somebody else's name.
    static func check(_ event: Event, isFrom user: String) throws(APIError) {
        guard event.userID == user else {
            throw APIError(
                .forbidden,
                code: "foreign_user",
                message: "An event can be sent only for the user of the token."
            )
        }
    }
}
