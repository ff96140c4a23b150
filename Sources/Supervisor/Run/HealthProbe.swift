import NIOCore
import NIOPosix

/// Asks a process whether it is healthy.
///
/// One connection and one request, without a client's pool and retries: during a start the port is closed most of the
/// time, and the answer "not yet" should come at once.
struct HealthProbe: Sendable {
    let port: Int
    let timeout: Duration

    init(port: Int, timeout: Duration = .seconds(2)) {
        self.port = port
        self.timeout = timeout
    }

    /// Whether `GET /health` answers 200 within the time.
    func isHealthy() async -> Bool {
        await withTaskGroup(of: Bool.self) { group in
            group.addTask { (try? await statusLine())?.hasPrefix("HTTP/1.1 200") ?? false }
            group.addTask {
                try? await Task.sleep(for: timeout)
                return false
            }
            defer { group.cancelAll() }
            return await group.next() ?? false
        }
    }

    private func statusLine() async throws -> String {
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            let request = "GET /health HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nConnection: close\r\n\r\n"
            try await outbound.write(ByteBuffer(string: request))
            var answer = ""
            for try await buffer in inbound {
                answer += String(buffer: buffer)
                if answer.contains("\r\n") { break }
            }
            return answer
        }
    }
}
