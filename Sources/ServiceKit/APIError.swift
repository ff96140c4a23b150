public import HTTPTypes
public import Hummingbird
public import JSONText

/// An answer that says what is wrong with a request: `{"error":{"code":"…","message":"…","details":[…]}}`.
public struct APIError: Error, HTTPResponseError, Sendable, Hashable {
    public var status: HTTPResponse.Status
    /// A word for programs: `invalid_event`.
    public var code: String
    /// A sentence for people.
    public var message: String
    /// Every problem of the request, not just the first.
    public var details: [Detail]
    public var headers: HTTPFields

    /// One problem and the field that has it.
    public struct Detail: Sendable, Hashable {
        public var field: String
        public var problem: String

        public init(field: String, problem: String) {
            self.field = field
            self.problem = problem
        }
    }

    public init(
        _ status: HTTPResponse.Status,
        code: String,
        message: String,
        details: [Detail] = [],
        headers: HTTPFields = [:]
    ) {
        self.status = status
        self.code = code
        self.message = message
        self.details = details
        self.headers = headers
    }

    public func response(from request: Request, context: some RequestContext) -> Response {
        Response.json(json, status: status, headers: headers)
    }

    public var json: JSON {
        let details = details.map {
            JSON.object([.init("field", .string($0.field)), .init("problem", .string($0.problem))])
        }
        return ["error": ["code": .string(code), "message": .string(message), "details": .array(details)]]
    }
}

extension APIError {
    /// The word and sentence for errors that the server itself finds.
    init(_ error: any HTTPResponseError) {
        switch error.status {
        case .notFound: self.init(.notFound, code: "not_found", message: "There is nothing at this address.")
        case .contentTooLarge:
            self.init(.contentTooLarge, code: "too_large", message: "The request body is larger than allowed.")
        default:
            let message = (error as? HTTPError)?.body ?? error.status.reasonPhrase
            self.init(error.status, code: "request_failed", message: message)
        }
    }

    /// The refusal of a method, with those that the address takes.
    static func methodNotAllowed(_ allowed: [HTTPRequest.Method]) -> APIError {
        APIError(
            .methodNotAllowed,
            code: "method_not_allowed",
            message: "This address does not take this method.",
            headers: [.allow: allowed.map(\.rawValue).sorted().joined(separator: ", ")]
        )
    }

    static let internalError = APIError(
        .internalServerError,
        code: "internal",
        message: "Something went wrong here. The log has the request id."
    )
}

extension Response {
    /// A JSON document as an answer.
    public static func json(
        _ json: JSON,
        status: HTTPResponse.Status = .ok,
        headers: HTTPFields = [:]
    ) -> Response {
        var headers = headers
        headers[.contentType] = "application/json; charset=utf-8"
        return Response(status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: json.bytes)))
    }
}
