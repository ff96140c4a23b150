import HTTPTypes
import JSONText
import ServiceKit

/// What the Azure Functions host sends to have a function run: `{"Data":{…},"Metadata":{…}}`.
///
/// The host's code and its documentation disagree on how values are written, so both forms are read: an object is an
/// object in both; a text is a JSON string whose content is JSON once more in the one, and plain in the other; numbers,
/// booleans and arrays are JSON inside a string in the one, and themselves in the other.
///
/// Source: learn.microsoft.com/azure/azure-functions/functions-custom-handlers#request-payload, and
/// `ScriptInvocationContextExtensions` of github.com/Azure/azure-functions-host
struct Invocation: Sendable, Hashable {
    /// The value of each input binding, the trigger first.
    let data: [JSON.Member]
    /// Facts about the trigger.
    let metadata: [JSON.Member]

    /// Reads a payload; how the trigger is called in it makes no difference, for a function has one input.
    init(_ payload: JSON) throws(APIError) {
        guard let data = payload["Data"]?.members, !data.isEmpty else {
            throw .invalidInvocation("Data", "must be an object with the value of the trigger")
        }
        switch payload["Metadata"] {
        case .object(let members): self.metadata = members
        case .null, nil: self.metadata = []
        case .some(let other):
            throw .invalidInvocation("Metadata", "must be an object, not \(other.kind)")
        }
        self.data = data
    }

    /// What has set the function off.
    var trigger: JSON { data.first?.value ?? .null }

    /// The first of these facts that is there; versions of an extension name them differently.
    func fact(_ names: String...) -> JSON? {
        for name in names {
            if let value = JSON.object(metadata)[name], value != .null { return value }
        }
        return nil
    }
}

extension JSON {
    /// The text of a value, whether or not it was encoded once more; a number is its digits.
    var invocationText: String? {
        switch self {
        case .string(let text): text.hasPrefix("\"") ? (try? JSON(parsing: text))?.string ?? text : text
        case .number(let digits): digits
        case .null, .bool, .array, .object: nil
        }
    }

    /// The members of an object, whether or not it was encoded once more.
    var invocationMembers: [Member]? {
        switch self {
        case .object(let members): members
        case .string(let text): (try? JSON(parsing: text))?.members
        case .null, .bool, .number, .array: nil
        }
    }
}

extension APIError {
    /// A payload that no host would send.
    static func invalidInvocation(_ field: String, _ problem: String) -> APIError {
        APIError(
            .badRequest,
            code: "invalid_invocation",
            message: "The payload is not that of an invocation.",
            details: [Detail(field: field, problem: problem)]
        )
    }
}
