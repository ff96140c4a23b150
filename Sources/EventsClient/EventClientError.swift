public import Events
import JSONText

/// Why an event was not published.
public enum EventClientError: Error, Sendable, Hashable {
    /// The address of the API is missing, or not one of a web server.
    case badAddress
    /// The token is missing, expired or not one of the API's.
    case unauthorized
    /// The API does not take the event: its status, its word for the reason, and the problem of each field.
    case refused(status: Int, code: String, problems: [EventError.Problem])
    /// The API cannot be reached or cannot take events at the moment; the status is `nil` where there was no answer.
    case unavailable(status: Int?)

    init(_ answer: EventAnswer) {
        let error = answer.body["error"]
        switch answer.status {
        case 401: self = .unauthorized
        case _ where answer.isTemporary || answer.status < 400: self = .unavailable(status: answer.status)
        default:
            let problems = (error?["details"]?.array ?? []).map { detail in
                EventError.Problem(
                    field: detail["field"]?.string ?? "",
                    text: detail["problem"]?.string ?? ""
                )
            }
            self = .refused(status: answer.status, code: error?["code"]?.string ?? "", problems: problems)
        }
    }
}

extension EventClientError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .badAddress:
            "The address of the event API must be one of a web server, such as http://localhost:7071. "
                + "Set \(EventClient.addressVariable)."
        case .unauthorized:
            "The event API does not accept the token. Get a new one and set \(EventClient.tokenVariable)."
        case .refused(let status, let code, let problems):
            "The event API refused the event with status \(status) (\(code))"
                + problems.map { "; \($0.field) \($0.text)" }.joined() + "."
        case .unavailable(let status?): "The event API answered \(status). Try again later."
        case .unavailable(nil): "The event API cannot be reached. Try again later."
        }
    }
}
