public import AsyncHTTPClient
public import ServiceLifecycle

/// Keeps an HTTP client for as long as the services after it in the group need it.
///
/// A group stops its services in the opposite order, so the client goes last when it stands first.
public struct ClientService: Service {
    public let client: HTTPClient

    /// Opens a client that makes no spans of its own.
    ///
    /// They would hold the addresses of requests, and those may hold keys: of webhooks, of locks. Services make the
    /// spans that say something.
    public init(configuration: HTTPClient.Configuration) {
        var configuration = configuration
        configuration.tracing.tracer = nil
        self.client = HTTPClient(configuration: configuration)
    }

    /// Puts together what uses clients, and closes them when that fails.
    ///
    /// A client that is dropped while it is open stops the program, before it could say which setting is wrong.
    public static func closing<Value>(
        _ clients: ClientService...,
        ifFails build: () async throws -> Value
    ) async throws -> Value {
        do {
            return try await build()
        } catch {
            for service in clients { try? await service.client.shutdown() }
            throw error
        }
    }

    public func run() async throws {
        try? await gracefulShutdown()
        try await client.shutdown()
    }
}
