public import Hummingbird
public import Logging
import NIOCore
public import ServiceLifecycle

/// The HTTP side of a service: its routes behind the same limits, ids and error form everywhere.
public struct WebServer: Service {
    package let application: Application<RouterResponder<ServiceContext>>

    /// Prepares a server; it starts to listen when it runs.
    ///
    /// - Parameters:
    ///   - identity: Who answers at `/health`.
    ///   - host: The address to listen on; loopback unless a container says otherwise.
    ///   - port: The port to listen on.
    ///   - logger: Where each answer leaves a line.
    ///   - onListening: Called with the port that was bound, which matters when `port` is 0.
    ///   - routes: Adds the service's own routes.
    public init(
        identity: ServiceIdentity,
        host: String,
        port: Int,
        logger: Logger,
        onListening: @escaping @Sendable (Int) async -> Void = { _ in },
        routes: (Router<ServiceContext>) -> Void
    ) {
        let router = Router(context: ServiceContext.self)
        router.add(middleware: RequestMiddleware())
        router.get("health") { _, _ in Response.json(identity.health) }
        routes(router)
        self.application = Application(
            router: router,
            server: .http1(
                configuration: .init(
                    additionalChannelHandlers: [ClientPresenceHandler()],
                    idleTimeout: .seconds(60)
                )
            ),
            configuration: ApplicationConfiguration(
                address: .hostname(host, port: port),
                serverName: nil,
                backlog: 4096
            ),
            onServerRunning: { channel in await onListening(channel.localAddress?.port ?? port) },
            logger: logger
        )
    }

    public func run() async throws {
        try await application.run()
    }
}
