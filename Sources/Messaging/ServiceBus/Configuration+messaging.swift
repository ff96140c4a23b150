public import AsyncHTTPClient
import NIOCore

extension HTTPClient.Configuration {
    /// For clients of a message broker: many small requests at once, and some that wait for a minute.
    public static var messaging: Self {
        var configuration = Self(
            // Following a redirect would carry the signature to a server that nobody has named.
            redirectConfiguration: .disallow,
            timeout: Timeout(connect: .seconds(5))
        )
        // Requests that wait for a message hold their connections; the standard limit of 8 would let them block the rest.
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 256
        // Where nobody listens, say so at once: `SendRetry` and the pump know how long to be patient, and so do callers.
        configuration.connectionPool.retryConnectionEstablishment = false
        return configuration
    }
}
