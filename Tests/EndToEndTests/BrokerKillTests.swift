import AsyncHTTPClient
import Foundation
import Messaging
import NIOCore
import NIOHTTP1
import Settings
import Subprocess
import Synchronization
import SystemPackage
import Testing
import TestInstruments

/// The broker as a process that is killed while clients use it.
@Suite(.serialized, .timeLimit(.minutes(10))) struct BrokerKillTests {
    private static let messages = Thoroughness.isFull ? 20_000 : 2000
    private static let senders = 50
    private static let kills = Thoroughness.isFull ? 20 : 5

    @Test(arguments: Thoroughness.isFull ? [1, 2, 3] : [1])
    func `what was acknowledged comes, nothing else does, and in order, however often the broker is killed`(
        seed: Int
    ) async throws {
        let broker = try KilledBroker()
        defer { try? FileManager.default.removeItem(atPath: broker.folder) }
        let record = DeliveryRecord()
        let client = KilledBroker.client()
        let queue = broker.queue("jobs", client)
        var random = SeededGenerator(seed: seed)
        // Each kill is at an acknowledgement of its own, somewhere in its part of the whole.
        let part = Self.messages / (Self.kills + 3)
        let moments = (0..<Self.kills).map { $0 * part + Int.random(in: 1...part, using: &random) }

        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for moment in moments { try await broker.run { record.acknowledged.count >= moment } }
                try await broker.run { record.isComplete }
            }
            group.addTask {
                try await withThrowingTaskGroup(of: Void.self) { senders in
                    for sender in 0..<Self.senders {
                        senders.addTask {
                            try await send(Self.messages / Self.senders, as: sender, to: queue, record, broker)
                        }
                    }
                    try await senders.waitForAll()
                }
                record.endSending()
            }
            group.addTask { try await receive(from: queue, record, broker) }
            try await group.waitForAll()
        }
        try await client.shutdown()

        let received = record.received.withLock { $0 }
        let attempted = record.attempted.withLock { $0 }
        let acknowledged = record.acknowledged.ids
        let ids = Set(received.map(\.id))
        #expect(acknowledged.subtracting(ids).isEmpty, "acknowledged, and lost")
        #expect(ids.subtracting(attempted).isEmpty, "received, and never sent")
        // What was sent in vain while the broker was away is rare.
        #expect(acknowledged.count > Self.messages / 2)
        for (sender, deliveries) in Dictionary(grouping: received.filter { $0.count == 1 }, by: \.sender) {
            let numbers = deliveries.map(\.number)
            #expect(numbers == numbers.sorted() && Set(numbers).count == numbers.count, "sender \(sender)")
        }
    }

    /// Sends each message once; one that gets no answer may have been sent or not.
    private func send(
        _ count: Int,
        as sender: Int,
        to queue: ServiceBusQueue,
        _ record: DeliveryRecord,
        _ broker: KilledBroker
    ) async throws {
        for number in 0..<count {
            let id = "\(sender)-\(number)"
            record.attempted.withLock { _ = $0.insert(id) }
            do {
                try await queue.send([OutgoingMessage(id: id, body: Array("body of \(id)".utf8))])
                record.acknowledged.insert(id)
            } catch is MessagingError {
                try await eventually(within: .seconds(60)) { await broker.isHealthy }
            }
        }
    }

    /// Takes and completes one message after the other until nothing more can come.
    private func receive(from queue: ServiceBusQueue, _ record: DeliveryRecord, _ broker: KilledBroker) async throws {
        while true {
            let hasEnded = record.hasEndedSending
            do {
                // Longer than a lock, so that what a killed broker had handed out comes first.
                guard let message = try await queue.receive(waitingAtMost: .seconds(KilledBroker.lockSeconds + 2))
                else {
                    if hasEnded { break }
                    continue
                }
                #expect(message.body == Array("body of \(message.id)".utf8))
                record.note(message)
                try await queue.complete(message.lock)
            } catch is MessagingError {
                // The lock, or the broker, is gone.
                try await eventually(within: .seconds(60)) { await broker.isHealthy }
            }
        }
        record.complete()
    }
}

/// A broker of which only the folder and the port outlive it.
struct KilledBroker {
    static let lockSeconds = 2

    let folder = FileManager.default.temporaryDirectory.appending(path: "killed-\(UUID().uuidString)").path
    let port = Int.random(in: 20_000..<30_000)
    /// As `infra emulator --queue` takes them.
    let queues: [String]
    private let key = SecretValue("the key of a killed broker")

    init(queues: [String] = ["jobs,max-deliveries=2000,lock=\(lockSeconds)"]) throws {
        self.queues = queues
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    static func client() -> HTTPClient {
        var configuration = HTTPClient.Configuration()
        // Where nobody listens, say so at once.
        configuration.connectionPool.retryConnectionEstablishment = false
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    /// What `SERVICEBUS_CONNECTION` says of it.
    var connection: String {
        ConnectionString(
            endpoint: BusEndpoint(scheme: .http, host: "127.0.0.1", port: port),
            keyName: "tests",
            key: key
        ).text.unsafeRevealed
    }

    func queue(_ name: String, _ client: HTTPClient) -> ServiceBusQueue {
        ServiceBusQueue(
            name,
            at: BusEndpoint(scheme: .http, host: "127.0.0.1", port: port),
            credential: SharedAccessCredential(keyName: "tests", key: key),
            client: client,
            retry: SendRetry(attempts: 1)
        )
    }

    var isHealthy: Bool {
        get async {
            let answer = try? await HTTPClient.shared.get(url: "http://127.0.0.1:\(port)/health").get()
            return answer?.status == .ok
        }
    }

    /// Runs the broker until the condition holds, and kills it then.
    func run(until condition: @escaping @Sendable () -> Bool) async throws {
        _ = try await Subprocess.run(
            .path(.init(LocalSystem.program)),
            arguments: Arguments(
                ["emulator", "--port", String(port), "--data", folder, "--key-name", "tests"]
                    + queues.flatMap { ["--queue", $0] }
            ),
            environment: .custom(["SERVICEBUS_EMULATOR_KEY": key.unsafeRevealed]),
            input: .none,
            output: .discarded,
            error: .discarded
        ) { execution in
            try await eventually(within: .seconds(60)) { await isHealthy }
            try await eventually(within: .seconds(300)) { condition() }
            try execution.send(signal: .kill)
        }
    }
}

/// What clients know of their messages.
private final class DeliveryRecord: Sendable {
    struct Delivery: Sendable {
        let id: String
        let count: Int
        var sender: Substring { id.prefix { $0 != "-" } }
        var number: Int { Int(id.drop { $0 != "-" }.dropFirst()) ?? -1 }
    }

    final class Acknowledgements: Sendable {
        private let state = Mutex<Set<String>>([])
        var count: Int { state.withLock { $0.count } }
        var ids: Set<String> { state.withLock { $0 } }
        func insert(_ id: String) { state.withLock { _ = $0.insert(id) } }
    }

    let attempted = Mutex<Set<String>>([])
    let acknowledged = Acknowledgements()
    let received = Mutex<[Delivery]>([])
    private let isOver = Mutex((sending: false, receiving: false))

    var hasEndedSending: Bool { isOver.withLock { $0.sending } }
    var isComplete: Bool { isOver.withLock { $0.receiving } }

    func endSending() { isOver.withLock { $0.sending = true } }
    func complete() { isOver.withLock { $0.receiving = true } }

    func note(_ message: ReceivedMessage) {
        received.withLock { $0.append(Delivery(id: message.id, count: message.deliveryCount)) }
    }
}
