import HTTPTypes
import Hummingbird
import Logging
import Telemetry
import Tracing

/// Gives every request an id and a trace, every error the same form, and every answer one line in the log.
struct RequestMiddleware: RouterMiddleware {
    /// Addresses that are asked all the time and say nothing new.
    private static let quietPaths: Set<String> = ["/health", "/ready", "/metrics"]

    func handle(
        _ request: Request,
        context: ServiceContext,
        next: @concurrent (Request, ServiceContext) async throws -> Response
    ) async throws -> Response {
        let start = ContinuousClock.now
        var context = context
        let path = request.uri.path
        let caller = request.headers[.traceparent].flatMap(TraceParent.init(parsing:))
        let span = Self.quietPaths.contains(path) ? nil : RequestSpan(request, after: caller)
        context.trace = span?.span.context.trace ?? caller?.child ?? context.trace
        let id = RequestIdentifier(takenFrom: request.headers, orElse: context.trace)
        context.logger[metadataKey: "request_id"] = .string(id.text)
        context.logger[metadataKey: "trace_id"] = .string(context.trace.traceID)
        context.logger[metadataKey: "hb.request.id"] = nil
        var response = await answer(request, context, span, next)
        response.headers[.requestID] = id.text
        LingeringClose.prepare(&response, on: context.channel)
        let elapsed = (ContinuousClock.now - start) / .microseconds(1)
        let level: Logger.Level = Self.quietPaths.contains(path) ? .debug : .info
        guard level >= context.logger.logLevel else { return response }
        var metadata = context.facts.metadata
        metadata["method"] = .string(request.method.rawValue)
        metadata["path"] = .string(String(path.prefix(256)))
        metadata["status"] = .stringConvertible(response.status.code)
        metadata["milliseconds"] = .stringConvertible(elapsed.rounded() / 1000)
        context.logger.log(level: level, "answered", metadata: metadata)
        return response
    }

    /// Answers within the span of the request, where it has one, so that all that it causes is part of it.
    private func answer(
        _ request: Request,
        _ context: ServiceContext,
        _ span: RequestSpan?,
        _ next: @concurrent (Request, ServiceContext) async throws -> Response
    ) async -> Response {
        guard let span else { return await answer(request, context, next) }
        var response = await InstrumentationContext.$current.withValue(span.span.context) {
            await answer(request, context, next)
        }
        span.end(with: &response, route: context.endpointPath)
        return response
    }

    private func answer(
        _ request: Request,
        _ context: ServiceContext,
        _ next: @concurrent (Request, ServiceContext) async throws -> Response
    ) async -> Response {
        // What counts requests by their method must not meet any number of made-up ones.
        guard AllowedMethods.all.contains(request.method) else {
            return APIError.methodNotAllowed(AllowedMethods.all).response(from: request, context: context)
        }
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

/// Answers 405 where an address exists and does not take the method, as RFC 9110, section 15.5.6 asks.
enum AllowedMethods {
    static let all: [HTTPRequest.Method] = [.get, .head, .post, .put, .patch, .delete, .options, .trace]

    /// Adds a refusal for every method that a route of this router does not take.
    static func refuseOthers(on router: Router<ServiceContext>) {
        var paths: [String: (path: RouterPath, methods: [HTTPRequest.Method])] = [:]
        for route in router.routes {
            paths["\(route.path)", default: (route.path, [])].methods.append(route.method)
        }
        for (path, methods) in paths.values {
            for method in all where !methods.contains(method) {
                router.on(path, method: method) { _, _ -> Response in throw APIError.methodNotAllowed(methods) }
            }
        }
    }
}

extension HTTPField.Name {
    static let traceparent = HTTPField.Name("traceparent") ?? .from
}
