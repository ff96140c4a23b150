import Hummingbird
import JSONText
import Logging
import Synchronization

/// A server that takes what UserMessenger delivers, and remembers it.
final class Receiver: Sendable {
    private let deliveries = Mutex<[JSON]>([])

    /// How often each text arrived.
    var received: [String: Int] {
        delivered.reduce(into: [:]) { counts, delivery in counts[delivery["text"]?.string ?? "", default: 0] += 1 }
    }

    /// All that was delivered, in its order: `{"userID","type","text","event"}`.
    var delivered: [JSON] { deliveries.withLock { $0 } }

    /// Listens on a free port while the body runs.
    static func listening<Value: Sendable>(
        _ body: @escaping @Sendable (Receiver, String) async throws -> Value
    ) async throws -> Value {
        let receiver = Receiver()
        let (ports, continuation) = AsyncStream.makeStream(of: Int.self)
        let router = Router()
        router.post("notify") { request, _ in
            let body = try await request.body.collect(upTo: 1 << 20)
            let delivery = try JSON(parsing: body.readableBytesView)
            receiver.deliveries.withLock { $0.append(delivery) }
            return try await ReceiverManner(delivery["text"]?.string ?? "").answer()
        }
        var logger = Logger(label: "receiver")
        logger.logLevel = .error
        let application = Application(
            router: router,
            configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { channel in
                continuation.yield(channel.localAddress?.port ?? 0)
                continuation.finish()
            },
            logger: logger
        )
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await application.run() }
            defer { group.cancelAll() }
            var port = 0
            for await listening in ports { port = listening }
            return try await body(receiver, "http://127.0.0.1:\(port)/notify")
        }
    }
}
