public import AsyncHTTPClient
import NIOCore
import NIOPosix

/// HTTP clients, one for each event loop, so that an answer arrives on the loop where it is read.
///
/// One client for all loops takes any connection that is free, and each piece that comes on another loop has to wake the
/// one that waits for it. To a server they are as many clients, each with its own connections.
public struct LoopClients: Sendable {
    private let clients: [ObjectIdentifier: HTTPClient]
    private let other: HTTPClient

    /// Opens a client for each loop; they have to be shut down.
    public init(configuration: HTTPClient.Configuration) {
        let loops = Array(MultiThreadedEventLoopGroup.singleton.makeIterator())
        let clients = loops.map { HTTPClient(eventLoopGroup: $0, configuration: configuration) }
        self.init(Array(zip(loops.map { ObjectIdentifier($0) }, clients)), other: clients[0])
    }

    /// Uses one client on all loops.
    public init(_ client: HTTPClient) {
        self.init([], other: client)
    }

    private init(_ clients: [(ObjectIdentifier, HTTPClient)], other: HTTPClient) {
        self.clients = Dictionary(clients) { first, _ in first }
        self.other = other
    }

    /// The client of the loop that this is asked on.
    public var here: HTTPClient {
        clients[ObjectIdentifier(MultiThreadedEventLoopGroup.singleton.any())] ?? other
    }

    public func shutdown() async throws {
        if clients.isEmpty { try await other.shutdown() }
        for client in clients.values { try await client.shutdown() }
    }
}
