import HTTPTypes
import Hummingbird
public import JSONText
import Logging
import Synchronization
import ValidatorTools
import WebFormats

/// A collector that remembers all it is sent, and answers what a test tells it.
public final class FakeCollector: Sendable {
    /// One request to a collector.
    public struct Delivery: Sendable {
        public let path: String
        public let body: [UInt8]
        public let headers: [String: String]
    }

    /// What the collector says to a request.
    public struct Answer: Sendable {
        public var status: Int
        public var retryAfter: Int?
        public var body: [UInt8]

        public init(status: Int = 200, retryAfter: Int? = nil, body: [UInt8] = []) {
            self.status = status
            self.retryAfter = retryAfter
            self.body = body
        }
    }

    private struct State {
        var deliveries: [Delivery] = []
        var answers: [Answer]
    }

    /// Where it listens: `http://127.0.0.1:4318`.
    public var url: String { "http://127.0.0.1:\(port.withLock { $0 })" }
    private let port = Mutex(0)
    private let state: Mutex<State>
    private let arrivals: AsyncStream<Delivery>
    private let arrive: AsyncStream<Delivery>.Continuation

    private init(answers: [Answer]) {
        state = Mutex(State(answers: answers))
        (arrivals, arrive) = AsyncStream.makeStream()
    }

    /// All that was sent, in its order.
    public var deliveries: [Delivery] { state.withLock { $0.deliveries } }

    /// The next delivery that nobody has taken.
    public func next() async throws -> Delivery {
        for await delivery in arrivals { return delivery }
        throw CancellationError()
    }

    /// What the deliveries say, as the official definitions read them: `{"spans":[…],"metrics":[…]}`.
    public func reading() async throws -> JSON {
        let lines = deliveries.map { "\($0.path) \($0.body.hexadecimal)\n" }.joined()
        let verdict = try await Validators.python("otlp.py", input: lines)
        guard verdict.isAccepted else { throw Unreadable(words: verdict.words) }
        return try JSON(parsing: verdict.words)
    }

    /// The definitions do not read what was sent.
    public struct Unreadable: Error { public let words: String }

    private func take(_ delivery: Delivery) -> Answer {
        let answer = state.withLock { state in
            state.deliveries.append(delivery)
            return state.answers.isEmpty ? Answer() : state.answers.removeFirst()
        }
        arrive.yield(delivery)
        return answer
    }

    /// Listens on a free port while the body runs.
    ///
    /// - Parameters:
    ///   - answers: What it says to the first requests; 200 to all others.
    ///   - body: The test.
    /// - Returns: What the body returns.
    /// - Throws: What the body throws, or `CancellationError` where nothing can be listened to.
    public static func run<Value: Sendable>(
        answering answers: [Answer] = [],
        _ body: @escaping @Sendable (FakeCollector) async throws -> Value
    ) async throws -> Value {
        let collector = FakeCollector(answers: answers)
        let router = Router()
        router.post("v1/{signal}") { request, _ in
            let bytes = try await request.body.collect(upTo: 16 << 20)
            let headers = request.headers.map { ($0.name.canonicalName, $0.value) }
            return collector.take(
                Delivery(
                    path: request.uri.path,
                    body: Array(bytes.readableBytesView),
                    headers: Dictionary(headers) { first, _ in first }
                )
            )
            .response
        }
        var logger = Logger(label: "collector")
        logger.logLevel = .error
        let (ports, listening) = AsyncStream.makeStream(of: Int.self)
        let application = Application(
            router: router,
            configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { listening.yield($0.localAddress?.port ?? 0) },
            logger: logger
        )
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await application.run() }
            defer { group.cancelAll() }
            guard let port = await ports.first(where: { _ in true }) else { throw CancellationError() }
            collector.port.withLock { $0 = port }
            return try await body(collector)
        }
    }
}

extension FakeCollector.Answer {
    fileprivate var response: Response {
        var headers = HTTPFields()
        headers[.retryAfter] = retryAfter.map { String($0) }
        return Response(
            status: .init(code: status),
            headers: headers,
            body: .init(byteBuffer: ByteBuffer(bytes: body))
        )
    }
}
