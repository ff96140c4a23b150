public import Hummingbird

/// Bounds what one user may ask for in a minute, and have answered at the same time.
///
/// A user is who the token says; where no token is asked for, a client's address stands for one. An answer counts until
/// its last byte is sent or its client is gone. It belongs behind what finds out who asks.
public struct RequestLimits: RouterMiddleware {
    /// What a request takes of the limits.
    public enum Weight: Sendable, Hashable {
        case nothing
        /// An answer that goes on for a while, and causes no new work.
        case stream
        /// New work, and the answer to it.
        case question
    }

    private let rate: RateLimiter?
    private let streams: ConcurrencyLimiter?
    private let proxies: Int
    private let weight: @Sendable (Request) -> Weight

    /// Describes limits; one that is `nil` bounds nothing.
    ///
    /// - Parameters:
    ///   - rate: Questions in a minute.
    ///   - streams: Answers at the same time.
    ///   - proxies: How many proxies stand before the service and can be trusted to tell the client's address.
    ///   - weight: What a request takes of them.
    public init(
        rate: RateLimiter?,
        streams: ConcurrencyLimiter?,
        proxies: Int = 0,
        weight: @escaping @Sendable (Request) -> Weight
    ) {
        self.rate = rate
        self.streams = streams
        self.proxies = proxies
        self.weight = weight
    }

    public func handle(
        _ request: Request,
        context: ServiceContext,
        next: @concurrent (Request, ServiceContext) async throws -> Response
    ) async throws -> Response {
        let weight = weight(request)
        guard weight != .nothing else { return try await next(request, context) }
        let user = context.user ?? context.clientAddress(of: request, behind: proxies).text
        guard let streams else {
            if weight == .question { try rate?.admit(user) }
            return try await next(request, context)
        }
        try streams.enter(user)
        do {
            if weight == .question { try rate?.admit(user) }
            var response = try await next(request, context)
            response.whenEnded { streams.leave(user) }
            return response
        } catch {
            streams.leave(user)
            throw error
        }
    }
}
