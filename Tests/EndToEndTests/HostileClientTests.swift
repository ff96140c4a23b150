import AsyncHTTPClient
import Foundation
import JSONText
import NIOCore
import NIOHTTP1
import NIOPosix
import ServiceKit
import Testing

/// Clients that do everything wrong: each gets a clear answer, and the services stay healthy.
@Suite(.serialized) struct HostileClientTests {
    @Test func `half a request, a flood of idle connections and garbage hurt nobody`() async throws {
        PlatformProcess.raiseFileLimit()
        try await LocalSystem.running { system in
            let before = try await restarts(of: system)
            for port in [7071, 8000, 5300].map({ $0 + system.portOffset }) {
                let idle = try await connections(2000, to: port)
                try await sendAndLeave(
                    "POST /api/events HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nhalf",
                    to: port
                )
                try await sendAndLeave("\u{0}\u{1}garbage\r\n\r\n", to: port)
                try await sendAndLeave("GET / HTTP/1.1\r\n" + String(repeating: "a: b\r\n", count: 50_000), to: port)
                let health = try await HTTPClient.shared.get(url: "http://127.0.0.1:\(port)/health").get().status
                #expect(health == .ok)
                // The server may have had enough of them by now.
                for connection in idle { _ = try? await connection.close().get() }
            }
            #expect(try await restarts(of: system) == before)
        }
    }

    private func restarts(of system: LocalSystem) async throws -> [Int] {
        try await system.status()["services"]?.array?.compactMap { $0["restarts"]?.integer } ?? []
    }

    private func connections(_ count: Int, to port: Int) async throws -> [any Channel] {
        var channels: [any Channel] = []
        for _ in 0..<count { channels.append(try await connect(to: port)) }
        return channels
    }

    private func sendAndLeave(_ text: String, to port: Int) async throws {
        let channel = try await connect(to: port)
        // The server may close before it has read all, which is its right.
        _ = try? await channel.writeAndFlush(ByteBuffer(string: text)).get()
        _ = try? await channel.close().get()
    }

    private func connect(to port: Int) async throws -> any Channel {
        try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connect(host: "127.0.0.1", port: port).get()
    }
}
