import HTTPTypes
import Hummingbird
import JSONText
import Logging
import Messaging
import NIOCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What a request brings along besides itself.
struct BrokerContext: InitializableFromSource {
    let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        self.channel = source.channel
    }
}

/// Answers the requests of the HTTP interface of Service Bus, header for header.
///
/// Source of the status codes: learn.microsoft.com/rest/api/servicebus, one page for each operation.
struct BrokerResponder: HTTPResponder {
    /// Seconds that a request waits when it does not say how long; also what Service Bus does.
    private static let usualWait = 60.0
    private static let longestWait = 3600.0

    let broker: Broker
    let verifier: SharedAccessVerifier
    let version: String
    let logger: Logger

    func respond(to request: Request, context: BrokerContext) async -> Response {
        let route = BrokerRoute(request.method, path: request.uri.path)
        switch route {
        case .health: return health
        case .unknown: return Response(status: .notFound)
        case .send, .receive, .complete, .abandon, .renew, .describe: break
        }
        do {
            let authority = request.head.authority ?? "localhost"
            let token = request.headers[.authorization]
            try verifier.check(token, host: authority, path: request.uri.path, for: route.right)
            return try await answer(route, request, context, authority)
        } catch let refusal as SharedAccessVerifier.Refusal {
            return Self.answer(to: refusal)
        } catch let error as BadRequest {
            return Self.failure(.badRequest, error.reason)
        } catch let error as BrokerError {
            return Self.answer(to: error)
        } catch {
            logger.error("A request could not be answered", metadata: ["error": "\(error)"])
            return Response(status: .internalServerError)
        }
    }

    private var health: Response {
        let json: JSON = ["status": "healthy", "service": "broker", "version": .string(version)]
        let body = ResponseBody(byteBuffer: ByteBuffer(bytes: json.bytes))
        return Response(status: .ok, headers: [.contentType: "application/json"], body: body)
    }

    private func answer(
        _ route: BrokerRoute,
        _ request: Request,
        _ context: BrokerContext,
        _ authority: String
    ) async throws -> Response {
        switch route {
        case .health, .unknown: return Response(status: .notFound)
        case .send(let path): return try await send(request, to: path)
        case .receive(let mode, let path):
            guard let delivery = try await receive(request, context, mode, from: path) else { break }
            return Handover(delivery, from: broker).response(authority: authority)
        case .complete(let path, let lock):
            try await broker.complete(lock, in: path)
            return Response(status: .ok)
        case .abandon(let path, let lock):
            try await broker.abandon(lock, in: path)
            return Response(status: .ok)
        case .renew(let path, let lock):
            try await broker.renew(lock, in: path)
            return Response(status: .ok)
        case .describe(let target): return try await describe(target, request, authority)
        }
        return Response(status: .noContent)
    }

    private func send(_ request: Request, to path: String) async throws -> Response {
        let body: ByteBuffer
        do {
            body = try await request.body.collect(upTo: MessageLimits.messageBytes)
        } catch {
            return Self.failure(.forbidden, "a message or batch has at most \(MessageLimits.messageBytes) bytes")
        }
        let messages = try MessageReader.messages(request.headers, body: Data(body.readableBytesView))
        guard messages.allSatisfy({ $0.size <= MessageLimits.messageBytes }) else {
            return Self.failure(
                .forbidden,
                "a message has at most \(MessageLimits.messageBytes) bytes with its properties"
            )
        }
        try await broker.send(messages, to: path)
        return Response(status: .created)
    }

    // MARK: Receiving

    /// Takes a message for a client, and none for one that has gone.
    private func receive(
        _ request: Request,
        _ context: BrokerContext,
        _ mode: ReceiveMode,
        from path: String
    ) async throws -> Delivery? {
        let wait = try Self.wait(request)
        if let delivery = try await broker.receive(from: path, mode: mode, wait: 0) { return delivery }
        guard wait > 0 else { return nil }
        let departure = try await context.channel.pipeline.handler(type: Departure.self).get()
        let delivery = try await withThrowingTaskGroup(of: Delivery?.self) { group in
            group.addTask { try await broker.receive(from: path, mode: mode, wait: wait) }
            group.addTask {
                await departure.wait()
                return nil
            }
            let first = try await group.next() ?? nil
            group.cancelAll()
            // One that came at the last moment; a cancelled wait ends with an error.
            let second = try? await group.next() ?? nil
            return first ?? second ?? nil
        }
        if let delivery, departure.hasLeft {
            broker.takeBack(delivery)
            return nil
        }
        return delivery
    }

    private static func wait(_ request: Request) throws(BadRequest) -> Double {
        guard let text = request.uri.queryParameters["timeout"] else { return usualWait }
        guard let seconds = Double(text), seconds >= 0 else {
            throw BadRequest(reason: "timeout is no number of seconds")
        }
        return min(seconds, longestWait)
    }

    // MARK: Answers

    /// A token that lacks a right is refused as one that is no good; 403 is for quotas.
    private static func answer(to refusal: SharedAccessVerifier.Refusal) -> Response {
        let reason =
            switch refusal {
            case .missing: "there is none"
            case .malformed: "it is not of the form SharedAccessSignature sr=…&sig=…&se=…&skn=…"
            case .unknownKeyName: "there is no key of that name"
            case .badSignature: "its signature is not the key's"
            case .expired: "it has expired"
            case .wrongResource: "it is for another host or path"
            case .lacks(let right): "'\(right.rawValue)' claim(s) are required to perform this operation"
            }
        return failure(.unauthorized, "the token is not accepted: \(reason)")
    }

    private static func answer(to error: BrokerError) -> Response {
        switch error {
        case .unknownEntity: failure(.gone, "there is no such queue, topic or subscription")
        case .lockLost: failure(.notFound, "the lock ran out, or the message is gone")
        case .stopped: failure(.serviceUnavailable, "the broker is shutting down")
        }
    }

    /// An answer with a reason, in the form that Service Bus gives to its own.
    static func failure(_ status: HTTPResponse.Status, _ reason: String) -> Response {
        let element = XMLElement("Error", [:], [XMLElement("Code", "\(status.code)"), XMLElement("Detail", reason)])
        let body = ResponseBody(byteBuffer: ByteBuffer(string: element.document))
        return Response(status: status, headers: [.contentType: "application/xml; charset=utf-8"], body: body)
    }
}
