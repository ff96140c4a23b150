public import AsyncHTTPClient
public import LoopExecution
public import ServiceLifecycle

/// Keeps HTTP clients for as long as the services after it in the group need it.
///
/// A group stops its services in the opposite order, so the clients go last when they stand first.
public struct ClientService: Service {
    public let clients: LoopClients

    /// A client that is good on every event loop.
    public var client: HTTPClient { clients.here }

    /// Opens clients that make no spans of its own.
    ///
    /// They would hold the addresses of requests, and those may hold keys: of webhooks, of locks. Services make the
    /// spans that say something.
    ///
    /// - Parameters:
    ///   - configuration: How they reach servers.
    ///   - isPerLoop: Whether each event loop has its own, for those who ask ``clients`` on the loop where they are.
    public init(configuration: HTTPClient.Configuration, isPerLoop: Bool = false) {
        var configuration = configuration
        configuration.tracing.tracer = nil
        self.clients =
            isPerLoop
            ? LoopClients(configuration: configuration) : LoopClients(HTTPClient(configuration: configuration))
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
            for service in clients { try? await service.clients.shutdown() }
            throw error
        }
    }

    public func run() async throws {
        try? await gracefulShutdown()
        try await clients.shutdown()
    }
}
