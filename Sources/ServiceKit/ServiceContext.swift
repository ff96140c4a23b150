public import Hummingbird
import Logging
import NIOCore

/// What a request carries through the handlers of a service.
public struct ServiceContext: RequestContext {
    public var coreContext: CoreRequestContextStorage
    /// Who asks, once a token has said so.
    public var user: String?
    /// The connection that the request came on.
    let channel: any Channel

    public init(source: Source) {
        self.channel = source.channel
        self.coreContext = CoreRequestContextStorage(source: source)
    }
}

/// Gives every request an id, every error the same form, and every answer one line in the log.
struct RequestMiddleware: RouterMiddleware {
    func handle(
        _ request: Request,
        context: ServiceContext,
        next: @concurrent (Request, ServiceContext) async throws -> Response
    ) async throws -> Response {
        let start = ContinuousClock.now
        var context = context
        let id = RequestIdentifier(takenFrom: request.headers)
        context.logger[metadataKey: "request_id"] = .string(id.text)
        context.logger[metadataKey: "hb.request.id"] = nil
        var response = await answer(request, context, next)
        response.headers[.requestID] = id.text
        let elapsed = (ContinuousClock.now - start) / .microseconds(1)
        context.logger.log(
            level: request.uri.path == "/health" ? .debug : .info,
            "answered",
            metadata: [
                "method": .string(request.method.rawValue),
                "path": .string(String(request.uri.path.prefix(256))),
                "status": .stringConvertible(response.status.code),
                "milliseconds": .stringConvertible(elapsed.rounded() / 1000),
            ]
        )
        return response
    }

    private func answer(
        _ request: Request,
        _ context: ServiceContext,
        _ next: @concurrent (Request, ServiceContext) async throws -> Response
    ) async -> Response {
        do {
            return try await next(request, context)
        } catch let error as APIError {
            return error.response(from: request, context: context)
        } catch let error as any HTTPResponseError {
            return APIError(error).response(from: request, context: context)
        } catch {
            context.logger.error("failed", metadata: ["error": .string(String(describing: type(of: error)))])
            return APIError.internalError.response(from: request, context: context)
        }
    }
}
