public import AsyncHTTPClient
public import ServiceLifecycle

/// Keeps an HTTP client for as long as the services after it in the group need it.
///
/// A group stops its services in the opposite order, so the client goes last when it stands first.
public struct ClientService: Service {
    public let client: HTTPClient

    public init(configuration: HTTPClient.Configuration) {
        self.client = HTTPClient(configuration: configuration)
    }

    public func run() async throws {
        try? await gracefulShutdown()
        try await client.shutdown()
    }
}
