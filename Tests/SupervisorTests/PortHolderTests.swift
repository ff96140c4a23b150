import NIOCore
import NIOPosix
import Testing

@testable import Supervisor

struct PortHolderTests {
    @Test func `a taken port is found with the process that holds it`() async throws {
        let channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .bind(host: "127.0.0.1", port: 0).get()
        let port = try #require(channel.localAddress?.port)
        #expect(!PlatformPorts.isFree(port: port))
        #if os(Linux)
        #expect(SocketTable.listener(on: port)?.id == PlatformProcesses.currentID)
        #endif
        try await channel.close()
        #expect(PlatformPorts.isFree(port: port))
    }
}
