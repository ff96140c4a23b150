import AsyncHTTPClient
import Foundation
import JSONText
import Messaging
import NIOCore
import NIOHTTP1
import NIOPosix
import Settings
import TestInstruments

/// What tests of the event functions ask of a system that runs.
extension LocalSystem {
    var eventsPort: Int { 7071 + portOffset }

    /// Sends a request to the event functions.
    func request(
        _ method: HTTPMethod,
        _ path: String,
        _ body: String? = nil,
        token: String? = nil,
        headers: [(String, String)] = []
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: "\(eventsURL)\(path)")
        request.method = method
        if let token { request.headers.add(name: "authorization", value: "Bearer \(token)") }
        if let body {
            request.headers.add(name: "content-type", value: "application/json")
            request.body = .bytes(ByteBuffer(string: body))
        }
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
        let bytes = try await response.body.collect(upTo: 16 << 20)
        return Answer(
            status: Int(response.status.code),
            headers: response.headers,
            body: Array(bytes.readableBytesView)
        )
    }

    /// Sends an event whose text says how the receiver should treat it, and gives its id.
    func say(_ text: String, token: String) async throws -> String? {
        let event: JSON = ["source": "t", "type": "user.message", "metadata": ["text": .string(text)]]
        return try await request(.POST, "/api/events", event.text, token: token).json?["id"]?.string
    }

    /// What a line of `/metrics` says; 0 where nothing was counted yet.
    func metric(_ series: String) async throws -> Double {
        let lines = try await request(.GET, "/metrics").text.split(separator: "\n")
        return lines.first { $0.hasPrefix("\(series) ") }.flatMap { Double($0.dropFirst(series.utf8.count + 1)) } ?? 0
    }

    /// How many events of a type had this outcome.
    func handled(_ type: String, _ outcome: String = "done") async throws -> Double {
        try await metric(#"events_handled_total{type="\#(type)",outcome="\#(outcome)"}"#)
    }

    /// The memory that a service has, in bytes.
    func memory(of service: String) async throws -> Int {
        guard let id = try await processID(of: service) else { return 0 }
        let pages = try String(contentsOfFile: "/proc/\(id)/statm", encoding: .utf8).split(separator: " ")
        return (Int(pages[1]) ?? 0) * sysconf(Int32(_SC_PAGESIZE))
    }

    /// A queue of the local broker, with the key that the event functions were given.
    func queue(_ name: String, _ client: HTTPClient) async throws -> ServiceBusQueue? {
        guard let id = try await processID(of: "functions") else { return nil }
        let variables = try String(contentsOfFile: "/proc/\(id)/environ", encoding: .utf8).split(separator: "\0")
        let bus = "SERVICEBUS_CONNECTION="
        guard let text = variables.first(where: { $0.hasPrefix(bus) })?.dropFirst(bus.utf8.count) else { return nil }
        let connection = try ConnectionString(parsing: SecretValue(String(text)))
        return ServiceBusQueue(
            name,
            at: connection.endpoint,
            credential: SharedAccessCredential(connection),
            client: client
        )
    }
}

extension Answer {
    var text: String { String(decoding: body, as: UTF8.self) }
    var json: JSON? { try? JSON(parsing: body) }
    /// The word of an error in the documented form, and only of one.
    var errorCode: String? {
        guard let error = json?["error"], error["message"]?.string != nil, error["details"]?.array != nil else {
            return nil
        }
        return error["code"]?.string
    }
}

/// A connection on which a test writes what no client library would.
enum RawConnection {
    /// Sends this text and reads until the server closes.
    static func exchange(_ text: String, port: Int) async throws -> String {
        try await exchange(Array(text.utf8), port: port)
    }

    static func exchange(_ bytes: [UInt8], port: Int) async throws -> String {
        try await opening(port: port) { inbound, outbound -> String in
            // The server may have closed before it has read all, which is its right.
            _ = try? await outbound.write(ByteBuffer(bytes: bytes))
            return (try? await rest(of: inbound)) ?? ""
        } ?? ""
    }

    /// Sends pieces until the server closes, and gives what it has said.
    static func flood(_ head: String, piece: String, port: Int) async throws -> String {
        try await opening(port: port) { inbound, outbound in
            _ = try? await outbound.write(ByteBuffer(string: head))
            return await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    // It ends with an error, when the server has enough.
                    while (try? await outbound.write(ByteBuffer(string: piece))) != nil {}
                }
                defer { group.cancelAll() }
                return (try? await rest(of: inbound)) ?? ""
            }
        } ?? ""
    }

    private static func rest(of inbound: NIOAsyncChannelInboundStream<ByteBuffer>) async throws -> String {
        var text = ""
        do {
            for try await buffer in inbound { text += String(buffer: buffer) }
        } catch is IOError {
            // Closed while we were still writing.
        }
        return text
    }

    private static func opening<Value: Sendable>(
        port: Int,
        _ body:
            @Sendable (
                NIOAsyncChannelInboundStream<ByteBuffer>, NIOAsyncChannelOutboundWriter<ByteBuffer>
            ) async throws -> Value
    ) async throws -> Value? {
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        let value = Shared<Value?>(nil)
        do {
            try await channel.executeThenClose { inbound, outbound in
                let found = try await body(inbound, outbound)
                value.withLock { $0 = found }
            }
        } catch is ChannelError {
            // It was closed by the other side.
        }
        return value.withLock { $0 }
    }
}
