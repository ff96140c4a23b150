import HTTPTypes
import Hummingbird
import ServiceKit

extension ChatConfiguration {
    /// What one user may ask for; `nil` where nothing is bounded.
    var limits: RequestLimits? {
        guard questionsPerMinute != nil || concurrentStreams != nil else { return nil }
        return RequestLimits(
            rate: questionsPerMinute.map { RateLimiter(perMinute: $0) },
            streams: concurrentStreams.map { ConcurrencyLimiter(limit: $0) },
            proxies: trustedProxies,
            weight: Self.weight
        )
    }

    /// Questions are posted; to follow one that is being answered costs no model, and to stop one must always be possible.
    @Sendable private static func weight(of request: Request) -> RequestLimits.Weight {
        let path = request.uri.path
        switch request.method {
        case .post: return path.hasSuffix("/cancel") ? .nothing : .question
        case .get where path.hasPrefix("/api/generations/"): return .stream
        default: return .nothing
        }
    }
}
