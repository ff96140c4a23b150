public import Logging
public import Messaging
public import ServiceKit
public import ServiceLifecycle
import Settings

/// Functions that run wherever they find themselves: below the Azure Functions host, or alone.
public struct FunctionApp: Sendable {
    /// The port that the Azure Functions host has chosen for the program that it starts; the second name is the older.
    ///
    /// Source: learn.microsoft.com/azure/azure-functions/functions-custom-handlers#http-only-function
    static let handlerPorts = [
        Setting<String>("FUNCTIONS_CUSTOMHANDLER_PORT", required: false),
        Setting<String>("FUNCTIONS_HTTPWORKER_PORT", required: false),
    ]

    private let functions: [HostedFunction]

    public init(_ functions: [HostedFunction]) {
        self.functions = functions
    }

    /// The parts to run together, for the host that the settings speak of.
    ///
    /// - Parameters:
    ///   - settings: Tell whether the Azure Functions host has started the program.
    ///   - identity: Who answers at `/health`.
    ///   - host: The address to listen on when it runs alone.
    ///   - port: The port to listen on when it runs alone.
    ///   - crossOrigin: Which pages of others may call the functions when it runs alone. In Azure the platform answers
    ///     browsers, by the app's own list of origins.
    ///   - authenticator: Decides who may call the HTTP functions; `nil` lets everybody in.
    ///   - source: Where queue functions get their messages when it runs alone.
    ///   - deadLetters: Where messages go that failed for good.
    ///   - logger: The log of the host.
    /// - Returns: The web server first, then what else the host consists of.
    /// - Throws: ``SettingsError/invalid(name:expected:)`` for a handler's port that is none.
    public func services(
        settings: SettingsReader,
        identity: ServiceIdentity,
        host: String,
        port: Int,
        crossOrigin: CrossOriginPolicy? = nil,
        authenticator: BearerAuthenticator?,
        source: any MessageReceiver,
        deadLetters: (any MessageSender)?,
        logger: Logger
    ) throws(SettingsError) -> [any Service] {
        if let setting = Self.handlerPorts.first(where: { settings.value(of: $0) != nil }) {
            return CustomHandlerHost(functions)
                .services(
                    identity: identity,
                    port: try settings.port(setting, default: 0),
                    authenticator: authenticator,
                    deadLetters: deadLetters,
                    logger: logger
                )
        }
        return StandaloneHost(functions)
            .services(
                identity: identity,
                host: host,
                port: port,
                crossOrigin: crossOrigin,
                authenticator: authenticator,
                source: source,
                deadLetters: deadLetters,
                logger: logger
            )
    }
}
