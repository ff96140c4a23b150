import Hummingbird
public import Logging
public import Messaging
public import ServiceKit
public import ServiceLifecycle

#if canImport(FoundationEssentials)
import struct FoundationEssentials.Date
#else
import struct Foundation.Date
#endif

/// Runs functions below the Azure Functions host, which owns queues, timers and the public address.
///
/// The host starts the program and calls it: with the requests themselves at their own paths, with everything else as
/// payloads at `POST /{functionName}`. It is the only one that may call, so the server listens on loopback.
///
/// Source: learn.microsoft.com/azure/azure-functions/functions-custom-handlers
public struct CustomHandlerHost: Sendable {
    private let functions: [HostedFunction]
    private let rules: MessagePump.Rules
    private let clock: any Clock<Duration>
    private let jitter: Jitter

    public init(_ functions: [HostedFunction]) {
        self.init(functions, rules: .functions)
    }

    package init(
        _ functions: [HostedFunction],
        rules: MessagePump.Rules,
        clock: any Clock<Duration> = ContinuousClock(),
        jitter: @escaping Jitter = randomJitter
    ) {
        self.functions = functions
        self.rules = rules
        self.clock = clock
        self.jitter = jitter
    }

    /// The parts to run together.
    ///
    /// - Parameters:
    ///   - identity: Who answers at `/health`.
    ///   - port: The port that the Azure Functions host has chosen.
    ///   - authenticator: Decides who may call the HTTP functions; `nil` lets everybody in.
    ///   - deadLetters: Where messages go that failed for good.
    ///   - logger: The log of the host.
    /// - Returns: The web server.
    public func services(
        identity: ServiceIdentity,
        port: Int,
        authenticator: BearerAuthenticator?,
        deadLetters: (any MessageSender)?,
        logger: Logger
    ) -> [any Service] {
        let direct = Router(context: ServiceContext.self)
        functions.addRoutes(to: direct, authenticator: authenticator)
        let invocations = Invocations(
            functions,
            http: HTTPInvocation(responder: direct.buildResponder()),
            pauses: Pauses(rules: rules, clock: clock, jitter: jitter),
            deadLetters: deadLetters,
            now: { Date() },
            logger: logger
        )
        let server = WebServer(identity: identity, host: "127.0.0.1", port: port, logger: logger) { router in
            // The host asks here until anything answers, and only then sends what it has.
            router.get { _, _ in Response.json(identity.health) }
            functions.addRoutes(to: router, authenticator: authenticator)
            router.post("{function}") { request, context in
                try await invocations.answer(request, context: context)
            }
        }
        return [server]
    }
}
