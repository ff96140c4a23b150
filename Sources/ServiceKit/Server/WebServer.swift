public import Hummingbird
public import Logging
import LoopExecution
import NIOCore

/// The HTTP side of a service: its routes behind the same limits, ids and error form everywhere.
///
/// Where a service manager hands over a socket, it takes that one and opens none.
public struct WebServer: ReportingReadiness {
    /// The routes; tests ask them without connections.
    package let application: Application<ShortLivedResponder<RouterResponder<ServiceContext>>>
    /// The address to listen on, where no socket is handed over.
    package let host: String
    private let port: Int
    private let onListening: @Sendable (Int) async -> Void
    public let readiness: Readiness

    private let bodyPatience: Duration
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
        self.readiness = readiness
        self.isBusy = isBusy
        self.bodyPatience = bodyPatience
        self.host = host
        self.port = port
        self.onListening = onListening
        self.application = Application(
            responder: ShortLivedResponder(base: router.buildResponder()),
            logger: logger
        )
    }

    public func run() async throws {
        let environment = ProcessEnvironment()
        let socket = try InheritedSocket(processID: environment.processID, variable: environment.value(of:))
        let source = socket.map { Listener<ContinuousClock>.Source.socket($0) } ?? .address(host: host, port: port)
        // Only who starts it again for the next connection wants a service to leave.
        let idleLimit = socket == nil ? nil : try IdleExit.limit(variable: environment.value(of:))
        try await listener(on: source, idleLimit: idleLimit, clock: ContinuousClock()).run()
    }

    /// What takes the connections of the server.
    func listener<Time: Clock<Duration>>(
        on source: Listener<Time>.Source,
        idleLimit: Duration?,
        clock: Time
    ) -> Listener<Time> {
        let (logger, port) = (application.logger, port)
        let responder = application.responder
        return Listener(
            source: source,
            respond: { request, channel in
                let source = ApplicationRequestContextSource(channel: channel, logger: logger)
                var response = try await responder.respond(to: request, context: ServiceContext(source: source))
                response.headers[.date] = PlatformSockets.httpDate()
                return response
            },
            bodyPatience: TimeAmount(bodyPatience),
            idleLimit: idleLimit,
            isBusy: isBusy,
            clock: clock,
            onListening: { [readiness, onListening] channel in
                let address = channel.localAddress
                logger.info("listening", metadata: ["address": "\(address?.ipAddress ?? ""):\(address?.port ?? port)"])
                await onListening(address?.port ?? port)
                readiness.report()
            }
        )
    }
}
