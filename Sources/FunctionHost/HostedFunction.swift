public import Hummingbird
public import Messaging
public import ServiceKit
public import Settings

/// A declared function together with the code that it runs.
///
/// The declaration comes from the service's contract, which the stack binds too; the code is a plain closure. The same
/// values run in every host.
public struct HostedFunction: Sendable {
    public typealias RequestHandler = @Sendable (Request, ServiceContext) async throws -> Response
    public typealias MessageHandler = @Sendable (ReceivedMessage) async throws -> Void
    public typealias TimerHandler = @Sendable () async throws -> Void

    public let name: String
    let trigger: Trigger

    enum Trigger: Sendable {
        case http(HTTPFunction, RequestHandler)
        case messages(MessageHandler)
        case timer(TimerFunction, TimerHandler)
    }

    /// Answers requests to the function's method and route, below `/api`.
    public static func http(_ function: HTTPFunction, _ handler: @escaping RequestHandler) -> HostedFunction {
        HostedFunction(name: function.name, trigger: .http(function, handler))
    }

    /// Handles the messages of the source that the stack binds.
    ///
    /// - Parameters:
    ///   - function: The declaration; it says what a message holds.
    ///   - decode: Reads a message; what it throws dead-letters the message, for it would fail again.
    ///   - handler: Does the work; the message is completed when it returns, and delivered again when it throws.
    /// - Returns: The function, for any host.
    public static func queue<Message>(
        _ function: QueueFunction<Message>,
        reading decode: @escaping @Sendable (ReceivedMessage) throws(RejectedMessage) -> Message,
        _ handler: @escaping @Sendable (Message, ReceivedMessage) async throws -> Void
    ) -> HostedFunction {
        HostedFunction(
            name: function.name,
            trigger: .messages { message in try await handler(decode(message), message) }
        )
    }

    /// Handles the messages of the source that the stack binds as they are: for a queue that carries more than one kind.
    public static func messages<Message>(
        _ function: QueueFunction<Message>,
        _ handler: @escaping MessageHandler
    ) -> HostedFunction {
        HostedFunction(name: function.name, trigger: .messages(handler))
    }

    /// Runs on the schedule of its declaration.
    public static func timer(_ function: TimerFunction, _ handler: @escaping TimerHandler) -> HostedFunction {
        HostedFunction(name: function.name, trigger: .timer(function, handler))
    }
}
