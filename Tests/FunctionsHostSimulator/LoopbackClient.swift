public import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// Talks to a program on this machine.
public struct LoopbackClient: Sendable {
    let client: HTTPClient
    let port: Int

    private static let pollPause = Duration.milliseconds(25)
    /// What a program has to start in.
    ///
    /// Source: learn.microsoft.com/azure/azure-functions/functions-custom-handlers#web-server
    private static let startTime = Duration.seconds(60)

    public init(client: HTTPClient, port: Int) {
        self.client = client
        self.port = port
    }

    /// Waits until anything answers at `/`.
    public func waitUntilReady() async throws {
        let deadline = ContinuousClock.now + Self.startTime
        while ContinuousClock.now < deadline {
            let request = HTTPClientRequest(url: "http://127.0.0.1:\(port)/")
            if let answer = try? await client.execute(request, timeout: .seconds(10)) {
                for try await _ in answer.body {}
                return
            }
            try await Task.sleep(for: Self.pollPause)
        }
        throw FolderProblem("the program does not listen on its port")
    }

    public func send(_ request: SimulatedRequest) async throws -> SimulatedAnswer {
        var sent = HTTPClientRequest(url: "http://127.0.0.1:\(port)\(request.path)")
        sent.method = HTTPMethod(rawValue: request.method)
        for (name, value) in request.headers { sent.headers.add(name: name, value: value) }
        if !request.body.isEmpty { sent.body = .bytes(ByteBuffer(bytes: request.body)) }
        let answer = try await client.execute(sent, timeout: .seconds(90))
        let body = try await answer.body.collect(upTo: 8 << 20)
        return SimulatedAnswer(
            status: Int(answer.status.code),
            headers: answer.headers.map { (name: $0.name, value: $0.value) },
            body: Array(body.readableBytesView)
        )
    }
}
