import NIOCore
import NIOPosix
import Testing

@testable import Supervisor

struct ListeningSocketTests {
    @Test func `a connection waits until somebody takes it, and is not taken by looking`() async throws {
        let (socket, port) = try FreePort.socket()
        #expect(!socket.hasWaiting)
        async let arrival: Void = socket.connection()
        let client = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connect(host: "127.0.0.1", port: port).get()
        try await arrival
        #expect(socket.hasWaiting)
        // It is still there for who looks again.
        try await socket.connection()
        try await client.close()
    }

    @Test func `to wait for a connection ends with its task`() async throws {
        let (socket, _) = try FreePort.socket()
        await withTaskGroup(of: Bool.self) { group in
            group.addTask { (try? await socket.connection()) == nil }
            group.cancelAll()
            #expect(await group.next() == true)
        }
    }

    @Test func `a port that is taken is told with its holder`() throws {
        let (socket, port) = try FreePort.socket()
        let error = #expect(throws: PortsTaken.self) { try ListeningSocket(port: port) }
        #expect(error?.holders.map(\.port) == [port])
        #if os(Linux)
        #expect(error?.holders.first?.process?.id == PlatformProcesses.currentID)
        #endif
        withExtendedLifetime(socket) {}
    }

    @Test func `a port is free again when its socket is gone`() throws {
        var (socket, port): (ListeningSocket?, Int) = try FreePort.socket()
        #expect(socket != nil && !PlatformPorts.isFree(port: port))
        socket = nil
        #expect(PlatformPorts.isFree(port: port))
    }
}

/// Ports that nobody uses.
enum FreePort {
    static func socket() throws -> (ListeningSocket, Int) {
        while true {
            let port = Int.random(in: 20_000..<32_000)
            if let socket = try? ListeningSocket(port: port) { return (socket, port) }
        }
    }
}
