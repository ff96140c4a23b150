import AsyncHTTPClient
import Foundation
import HTTPTypes
import Hummingbird
import JSONText
import Logging
import Messaging
import NIOCore
import NIOHTTP1
import Settings
import TestInstruments

/// A server before a simulated Azure and a broker: it takes the address and the tokens of a namespace as Service Bus
/// does, and hands on to the broker what a token is good for.
struct BusFront: HTTPResponder {
    typealias Context = BasicRequestContext

    /// The port of the simulated Azure.
    let azure: Int
    let broker: ConnectionString
    /// Whether whoever asks has a role on the namespace.
    let isAllowed: Bool
    /// The namespaces that were asked for.
    let namespaces = Shared<Set<String>>([])

    /// Listens on a free port while the body runs.
    func listening(_ body: (_ url: String) async throws -> Void) async throws {
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        var logger = Logger(label: "front")
        logger.logLevel = .critical
        let application = Application(
            responder: self,
            configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { channel in
                port.yield(channel.localAddress?.port ?? 0)
                port.finish()
            },
            logger: logger
        )
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await application.run() }
            defer { group.cancelAll() }
            for await port in ports { try await body("http://127.0.0.1:\(port)") }
        }
    }

    func respond(to request: Request, context: BasicRequestContext) async throws -> Response {
        let parts = request.uri.path.split(separator: "/", maxSplits: 2)
        guard parts.first == "serviceBus", parts.count == 3 else {
            return try await hand(request, to: "http://127.0.0.1:\(azure)\(request.uri.string)")
        }
        namespaces.withLock { _ = $0.insert(String(parts[1])) }
        guard isAllowed, hasTokenForBus(request) else { return Response(status: .unauthorized) }
        let key = SharedAccessCredential(broker).authorization(for: broker.endpoint.url)
        let query = request.uri.query.map { "?\($0)" } ?? ""
        var response = try await hand(request, to: "\(broker.endpoint.url)/\(parts[2])\(query)", as: key.unsafeRevealed)
        if let location = response.headers[.location], let path = URL(string: location)?.path() {
            response.headers[.location] = "/serviceBus/\(parts[1])\(path)"
        }
        return response
    }

    /// Looks at the audience of a token, as the service does before all else.
    private func hasTokenForBus(_ request: Request) -> Bool {
        guard let text = request.headers[.authorization], text.hasPrefix("Bearer ") else { return false }
        let claims = text.split(separator: ".").dropFirst().first.map { part in
            part.map { $0 == "-" ? "+" : $0 == "_" ? "/" : $0 }
        }
        let padded = String(claims ?? []) + String(repeating: "=", count: (4 - (claims?.count ?? 0) % 4) % 4)
        guard let data = Data(base64Encoded: padded), let json = try? JSON(parsing: data) else { return false }
        return json["aud"]?.string == "https://servicebus.azure.net"
    }

    private func hand(_ request: Request, to url: String, as authorization: String? = nil) async throws -> Response {
        var onward = HTTPClientRequest(url: url)
        onward.method = HTTPMethod(rawValue: request.method.rawValue)
        for field in request.headers { onward.headers.add(name: field.name.rawName, value: field.value) }
        onward.headers.remove(name: "content-length")
        if let authorization {
            onward.headers.replaceOrAdd(name: "authorization", value: authorization)
        } else if let authority = request.head.authority {
            // The addresses that Azure gives must lead here.
            onward.headers.replaceOrAdd(name: "host", value: authority)
        }
        onward.body = .bytes(try await request.body.collect(upTo: 1 << 22))
        let answer = try await HTTPClient.shared.execute(onward, timeout: .seconds(30))
        var headers = HTTPFields()
        for (name, value) in answer.headers where !["content-length", "transfer-encoding"].contains(name.lowercased()) {
            if let name = HTTPField.Name(name) { headers.append(HTTPField(name: name, value: value)) }
        }
        let body = try await answer.body.collect(upTo: 1 << 22)
        return Response(
            status: .init(code: Int(answer.status.code)),
            headers: headers,
            body: ResponseBody(byteBuffer: body)
        )
    }
}
