import HTTPTypes
import Hummingbird
import JSONText
import ServiceKit

/// An error in OpenAI's form: `{"error":{"message":"…","type":"…","param":…,"code":…}}`.
///
/// Source: platform.openai.com/docs/guides/error-codes/api-errors; the form is that of the official clients, which
/// choose their exceptions by the status.
struct CompletionError: Error, Sendable, Hashable {
    var status: HTTPResponse.Status
    var message: String
    /// The field that has the problem.
    var field: String?
    var code: String?
    var headers: HTTPFields = [:]

    static func invalid(_ field: String?, _ problem: String) -> CompletionError {
        let subject = field.map { "'\($0)'" } ?? "The body"
        return CompletionError(
            status: .badRequest,
            message: "\(subject) \(problem).",
            field: field,
            code: "invalid_value"
        )
    }

    static func unsupported(_ field: String, _ subject: String) -> CompletionError {
        CompletionError(
            status: .badRequest,
            message: "\(subject) cannot be honoured by this server.",
            field: field,
            code: "unsupported_parameter"
        )
    }

    static func unknownModel(_ name: String, served: String) -> CompletionError {
        CompletionError(
            status: .notFound,
            message: "The model '\(name.prefix(128))' is not served here. This server has '\(served)'.",
            field: "model",
            code: "model_not_found"
        )
    }

    /// What kind of error the status stands for.
    private var type: String {
        switch status.code {
        case 401: "authentication_error"
        case 403: "permission_error"
        case 429: "rate_limit_error"
        case 500...: "server_error"
        default: "invalid_request_error"
        }
    }

    var json: JSON {
        [
            "error": [
                "message": .string(message), "type": .string(type), "param": field.map { .string($0) } ?? .null,
                "code": code.map { .string($0) } ?? .null,
            ]
        ]
    }

    func response(from request: Request, context: some RequestContext) -> Response {
        .json(json, status: status, headers: headers)
    }
}

extension CompletionError {
    init(_ error: APIError) {
        self.init(
            status: error.status,
            message: error.message,
            field: error.details.first?.field,
            code: error.code,
            headers: error.headers
        )
    }
}

/// Gives the errors of OpenAI's routes the form that its clients read.
struct CompletionErrors: RouterMiddleware {
    func handle(
        _ request: Request,
        context: ServiceContext,
        next: @concurrent (Request, ServiceContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as APIError {
            return CompletionError(error).response(from: request, context: context)
        } catch let error as CompletionError {
            return error.response(from: request, context: context)
        }
    }
}
