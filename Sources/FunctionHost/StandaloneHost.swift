import Hummingbird
public import Logging
public import Messaging
public import ServiceKit
public import ServiceLifecycle

/// Runs functions without the Azure Functions host: its own web server, queue loop and timers.
public struct StandaloneHost: Sendable {
    /// Where the Azure Functions Core Tools listen.
    public static let defaultPort = 7071

    /// Many handlers wait for a model at the same time; the time for the last of them fits into a graceful shutdown.
    private static let rules = MessagePump.Rules(concurrency: 32, maxDeliveries: 10, shutdownTime: .seconds(2))

    private let functions: [HostedFunction]

    public init(_ functions: [HostedFunction]) {
        self.functions = functions
    }

    /// The parts to run together.
    ///
    /// - Parameters:
    ///   - identity: Who answers at `/health`.
    ///   - host: The address to listen on.
    ///   - port: The port to listen on.
    ///   - authenticator: Decides who may call the HTTP functions; `nil` lets everybody in.
    ///   - source: Where queue functions get their messages.
    ///   - deadLetters: Where messages go that failed for good.
    ///   - logger: The log of the host.
    /// - Returns: The web server first, then a loop for each function that is not called by requests.
    public func services(
        identity: ServiceIdentity,
        host: String,
        port: Int,
        authenticator: BearerAuthenticator?,
        source: any MessageReceiver,
        deadLetters: (any MessageSender)?,
        logger: Logger
    ) -> [any Service] {
        let server = WebServer(identity: identity, host: host, port: port, logger: logger) { router in
            let api = router.group("api")
            if let authenticator { api.add(middleware: authenticator) }
            for function in functions {
                guard case .http(let declaration, let handler) = function.trigger else { continue }
                api.on(declaration.path, method: declaration.httpMethod, use: handler)
            }
        }
        return [server]
            + functions.compactMap { function -> (any Service)? in
                switch function.trigger {
                case .http: nil
                case .messages(let handler):
                    MessagePump(
                        from: source,
                        deadLetters: deadLetters,
                        rules: Self.rules,
                        logger: logger,
                        handler: handler
                    )
                case .timer(let schedule, let handler):
                    TimerLoop(name: function.name, schedule: schedule, logger: logger, handler: handler)
                }
            }
    }
}
