import HTTPTypes
import JSONText

#if canImport(FoundationEssentials)
import struct FoundationEssentials.Date
#else
import struct Foundation.Date
#endif

/// A request to the management plane by somebody who has signed in.
struct Call {
    let request: AzureRequest
    let caller: AccessToken
    let now: Date

    /// The body, which must be an object.
    ///
    /// - Throws: ``Refusal`` for anything else.
    func object() throws(Refusal) -> JSON {
        let json: JSON
        do {
            json = try JSON(parsing: request.body)
        } catch {
            throw .badRequest("InvalidRequestContent", "The request content is not valid JSON: \(error).")
        }
        guard json.members != nil else {
            throw .badRequest("InvalidRequestContent", "The request content is \(json.kind) and must be an object.")
        }
        return json
    }

    /// The version of the contract, which must be one of these.
    ///
    /// - Throws: ``Refusal`` where there is none, or one that is not known.
    @discardableResult
    func version(oneOf versions: [String], for what: String) throws(Refusal) -> String {
        guard let version = request.query("api-version") else {
            throw .badRequest(
                "MissingApiVersionParameter",
                "The api-version query parameter (?api-version=) is required."
            )
        }
        guard versions.contains(version) else {
            let known = versions.joined(separator: ", ")
            let message = "The api-version '\(version)' is invalid for \(what). The supported versions are '\(known)'."
            throw .badRequest("InvalidApiVersionParameter", message)
        }
        return version
    }
}
