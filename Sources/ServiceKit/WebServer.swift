public import Hummingbird
import HummingbirdCore
public import Logging
import LoopExecution
import NIOCore

/// The HTTP side of a service: its routes behind the same limits, ids and error form everywhere.
///
/// Where a service manager hands over a socket, it takes that one and opens none.
public struct WebServer: ReportingReadiness {
    package let application: Application<ShortLivedResponder<RouterResponder<ServiceContext>>>
    public let readiness: Readiness

    private let connections: HTTP1Channel.Configuration
    private let isBusy: @Sendable () -> Bool

    /// Prepares a server; it starts to listen when it runs.
    ///
    /// - Parameters:
    ///   - identity: Who answers at `/health`, `/ready` and `/openapi.json`.
    ///   - host: The address to listen on; loopback unless a container says otherwise.
    ///   - port: The port to listen on.
    ///   - bodyPatience: How long a request may take to arrive whole.
    ///   - crossOrigin: Which pages of others may use the service; `nil` for none.
    ///   - logger: Where each answer leaves a line.
    ///   - isBusy: Whether work goes on that no connection waits for; a server that leaves when idle stays for it.
    ///   - onListening: Called with the port that was bound, which matters when `port` is 0.
    ///   - routes: Adds the service's own routes.
    public init(
        identity: ServiceIdentity,
        host: String,
        port: Int,
        bodyPatience: Duration = .seconds(10),
        crossOrigin: CrossOriginPolicy? = nil,
        logger: Logger,
        isBusy: @escaping @Sendable () -> Bool = { false },
        onListening: @escaping @Sendable (Int) async -> Void = { _ in },
        routes: (Router<ServiceContext>) -> Void
    ) {
        let router = Router(context: ServiceContext.self)
        if let crossOrigin { router.add(middleware: CrossOriginMiddleware(policy: crossOrigin)) }
        router.add(middleware: RequestMiddleware())
        router.add(middleware: MetricsMiddleware())
        router.addServiceRoutes(identity, logger: logger)
        routes(router)
        AllowedMethods.refuseOthers(on: router)
        let readiness = Readiness()
        let patience = TimeAmount(bodyPatience)
        self.readiness = readiness
        self.isBusy = isBusy
        self.connections = HTTP1Channel.Configuration(
            additionalChannelHandlers: [ClientPresenceHandler(), BodyDeadline(patience: patience)],
            idleTimeout: .seconds(60)
        )
        self.application = Application(
            responder: ShortLivedResponder(base: router.buildResponder()),
            server: HTTPServerBuilder { [connections] responder in
                ConnectionOnItsLoop(HTTP1Channel(responder: responder, configuration: connections))
            },
            configuration: ApplicationConfiguration(
                address: .hostname(host, port: port),
                serverName: nil,
                backlog: 4096
            ),
            onServerRunning: { channel in
                await onListening(channel.localAddress?.port ?? port)
                readiness.report()
            },
            logger: logger
        )
    }

    public func run() async throws {
        let environment = ProcessEnvironment()
        if let socket = try InheritedSocket(processID: environment.processID, variable: environment.value(of:)) {
            let idleLimit = try IdleExit.limit(variable: environment.value(of:))
            try await server(on: socket, idleLimit: idleLimit, clock: ContinuousClock()).run()
        } else {
            try await application.run()
        }
    }

    /// The same server on a socket that is open already.
    func server<Time: Clock<Duration>>(
        on socket: InheritedSocket,
        idleLimit: Duration?,
        clock: Time
    ) -> InheritedServer<Time> {
        let http = HTTP1Channel(
            responder: { [application] request, writer, channel in
                let source = ApplicationRequestContextSource(channel: channel, logger: application.logger)
                let context = ServiceContext(source: source)
                var response = try await application.responder.respond(to: request, context: context)
                response.headers[.date] = PlatformSockets.httpDate()
                try await writer.write(response: response.head, body: response.body)
            },
            configuration: connections
        )
        return InheritedServer(
            socket: socket,
            http: ConnectionOnItsLoop(http),
            idleLimit: idleLimit,
            isBusy: isBusy,
            clock: clock,
            logger: application.logger,
            onListening: { await application.onServerRunning($0) }
        )
    }
}
