import HTTPTypes
import Hummingbird
import JSONText
import Logging
import Messaging
import ServiceKit

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Answers `POST /{functionName}`, by which the Azure Functions host has a function run.
struct Invocations: Sendable {
    /// The largest payload, in bytes: a message of 256 KiB grows sevenfold at worst when it is encoded twice, and its
    /// properties are there under two names.
    private static let limit = 4 << 20

    private let functions: [String: HostedFunction]
    private let http: HTTPInvocation
    private let pauses: Pauses
    private let deadLetters: (any MessageSender)?
    private let now: @Sendable () -> Date
    private let logger: Logger

    init(
        _ functions: [HostedFunction],
        http: HTTPInvocation,
        pauses: Pauses,
        deadLetters: (any MessageSender)?,
        now: @escaping @Sendable () -> Date,
        logger: Logger
    ) {
        self.functions = Dictionary(functions.map { ($0.name, $0) }) { first, _ in first }
        self.http = http
        self.pauses = pauses
        self.deadLetters = deadLetters
        self.now = now
        self.logger = logger
    }

    func answer(_ request: Request, context: ServiceContext) async throws -> Response {
        guard let function = context.parameters.get("function").flatMap({ functions[$0] }) else {
            throw APIError(.notFound, code: "unknown_function", message: "There is no function of this name.")
        }
        let invocation = try Invocation(try await request.json(upTo: Self.limit))
        return .json(try await result(of: function, invocation, context: context).json)
    }

    private func result(
        of function: HostedFunction,
        _ invocation: Invocation,
        context: ServiceContext
    ) async throws -> InvocationResult {
        switch function.trigger {
        case .http: return try await http.result(of: invocation, context: context)
        case .messages(let handler):
            let trial = MessageTrial(
                deadLetters: deadLetters,
                maxDeliveries: pauses.rules.maxDeliveries,
                logger: logger,
                handler: handler
            )
            return try await MessageInvocation(trial: trial, pauses: pauses)
                .result(of: ReceivedMessage(invocation, now: now()))
        case .timer(_, let handler):
            try await run(handler, of: function.name, isLate: invocation.isPastDue)
            return InvocationResult()
        }
    }

    private func run(_ handler: HostedFunction.TimerHandler, of name: String, isLate: Bool) async throws {
        if isLate { logger.info("timer is late", metadata: ["function": "\(name)"]) }
        do {
            try await handler()
        } catch {
            logger.error("timer failed", metadata: ["function": "\(name)", "error": "\(type(of: error))"])
            throw APIError(.internalServerError, code: "timer_failed", message: "The log says why.")
        }
    }
}

extension Invocation {
    /// Whether a timer runs later than its schedule says.
    ///
    /// Source: learn.microsoft.com/azure/azure-functions/functions-bindings-timer#usage
    fileprivate var isPastDue: Bool {
        JSON.object(trigger.invocationMembers ?? [])["IsPastDue"]?.bool ?? false
    }
}
