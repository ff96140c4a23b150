import Hummingbird
public import Logging
public import Messaging
public import ServiceKit
public import ServiceLifecycle

/// Runs functions without the Azure Functions host: its own web server, queue loop and timers.
public struct StandaloneHost: Sendable {
    /// Where the Azure Functions Core Tools listen.
    public static let defaultPort = 7071

    private let functions: [HostedFunction]
    private let rules: MessagePump.Rules

    public init(_ functions: [HostedFunction]) {
        self.init(functions, rules: .functions)
    }

    package init(_ functions: [HostedFunction], rules: MessagePump.Rules) {
        self.functions = functions
        self.rules = rules
    }

    /// The parts to run together.
    ///
    /// - Parameters:
    ///   - identity: Who answers at `/health`.
    ///   - host: The address to listen on.
    ///   - port: The port to listen on.
    ///   - crossOrigin: Which pages of others may call the functions; `nil` for none.
    ///   - authenticator: Decides who may call the HTTP functions; `nil` lets everybody in.
    ///   - source: Where queue functions get their messages.
    ///   - deadLetters: Where messages go that failed for good.
    ///   - logger: The log of the host.
    /// - Returns: The web server first, then a loop for each function that is not called by requests.
    public func services(
        identity: ServiceIdentity,
        host: String,
        port: Int,
        crossOrigin: CrossOriginPolicy? = nil,
        authenticator: BearerAuthenticator?,
        source: any MessageReceiver,
        deadLetters: (any MessageSender)?,
        logger: Logger
    ) -> [any Service] {
        let load = RequestLoad()
        let server = WebServer(
            identity: identity,
            host: host,
            port: port,
            crossOrigin: crossOrigin,
            logger: logger
        ) { router in
            functions.addRoutes(to: router, authenticator: authenticator, counting: load)
        }
        return [server]
            + functions.compactMap { function -> (any Service)? in
                switch function.trigger {
                case .http: nil
                case .messages(let handler):
                    MessagePump(
                        from: CourteousReceiver(source, load: load),
                        deadLetters: deadLetters,
                        rules: rules,
                        logger: logger,
                        handler: handler
                    )
                case .timer(let declaration, let handler):
                    TimerLoop(declaration, logger: logger, handler: handler)
                }
            }
    }
}
