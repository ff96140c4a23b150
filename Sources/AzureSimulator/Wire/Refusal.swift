import HTTPTypes
import JSONText

/// Why a request is refused, before it is known how its part of Azure says so.
struct Refusal: Error, Sendable {
    var status: HTTPResponse.Status
    var code: String
    var message: String
    /// The property or resource that is at fault.
    var target: String?
    var headers = HTTPFields()
    /// What a policy adds: its type, then its facts.
    var additionalInfo: JSON?
    /// Whether Microsoft.Web says it, whose errors look different.
    var isOfWebProvider = false

    init(_ status: HTTPResponse.Status, _ code: String, _ message: String, target: String? = nil) {
        self.status = status
        self.code = code
        self.message = message
        self.target = target
    }

    /// The document with which a resource provider refuses.
    ///
    /// Source: github.com/Azure/azure-resource-manager-rpc/blob/master/v1.0/common-api-details.md#error-response-content
    var managementResponse: AzureResponse {
        let error = JSON.compact([
            "code": .string(code), "message": .string(message), "target": target.map { .string($0) },
            "additionalInfo": additionalInfo,
        ])
        guard !isOfWebProvider else {
            // Microsoft.Web leaves the wrapper out and writes its names with capitals (by common knowledge, unchecked).
            let web: JSON = [
                "Code": .string(code), "Message": .string(message), "Target": .null,
                "Details": [["Message": .string(message)], ["Code": .string(code)]], "Innererror": .null,
            ]
            return AzureResponse(status, headers: headers, json: web)
        }
        return AzureResponse(status, headers: headers, json: ["error": error])
    }
}

extension Refusal {
    static func badRequest(_ code: String, _ message: String, target: String? = nil) -> Refusal {
        Refusal(.badRequest, code, message, target: target)
    }

    static func notFound(_ code: String, _ message: String) -> Refusal { Refusal(.notFound, code, message) }

    static func conflict(_ code: String, _ message: String) -> Refusal { Refusal(.conflict, code, message) }

    static func methodNotAllowed(_ method: HTTPRequest.Method, _ what: String) -> Refusal {
        Refusal(.methodNotAllowed, "MethodNotAllowed", "The method \(method) is not supported for \(what).")
    }
}
