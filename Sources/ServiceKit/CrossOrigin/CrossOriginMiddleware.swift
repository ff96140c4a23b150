import HTTPTypes
import Hummingbird

/// Tells browsers which pages may use the service, and answers what they ask before they send a request.
///
/// It stands before everything else, so that a page can read errors as well.
/// Source: fetch.spec.whatwg.org/#http-cors-protocol
struct CrossOriginMiddleware: RouterMiddleware {
    let policy: CrossOriginPolicy

    /// What pages may read besides the few headers that they always may.
    private static let exposed = "X-Model, X-Request-ID, Retry-After, ETag"
    private static let methods = "GET, POST, PUT, PATCH, DELETE"
    /// Seconds for which a browser need not ask again; browsers take two hours at most.
    private static let lifetime = "7200"

    func handle(
        _ request: Request,
        context: ServiceContext,
        next: @concurrent (Request, ServiceContext) async throws -> Response
    ) async throws -> Response {
        let origin = request.headers[.origin].flatMap { policy.allows($0) ? $0 : nil }
        if request.method == .options, request.headers[.origin] != nil,
            request.headers[.accessControlRequestMethod] != nil
        {
            return preflight(request, from: origin)
        }
        var response = try await next(request, context)
        response.headers.append(HTTPField(name: .vary, value: "Origin"))
        if let origin {
            response.headers[.accessControlAllowOrigin] = origin
            response.headers[.accessControlExposeHeaders] = Self.exposed
        }
        return response
    }

    /// What a browser asks before it sends a request that a plain form could not send.
    private func preflight(_ request: Request, from origin: String?) -> Response {
        var headers: HTTPFields = [
            .vary: "Origin, Access-Control-Request-Method, Access-Control-Request-Headers"
        ]
        if let origin {
            headers[.accessControlAllowOrigin] = origin
            headers[.accessControlAllowMethods] = Self.methods
            // Whoever is trusted may send what it likes; libraries add headers of their own.
            headers[.accessControlAllowHeaders] = request.headers[.accessControlRequestHeaders]
            headers[.accessControlMaxAge] = Self.lifetime
        }
        return Response(status: .noContent, headers: headers)
    }
}
