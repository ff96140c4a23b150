import StackGraph
import Supervisor
import Testing

@testable import Messaging
@testable import StackCLI

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

struct StackQueueTests {
    private static let graph = Graph(
        name: "shop",
        nodes: [
            queue("jobs", deduplication: 60), queue("mail", deduplication: nil), queue("dead", deduplication: nil),
            Node(id: ResourceID("news"), kind: .topic(TopicNode(deduplicationSeconds: 60, timeToLiveSeconds: nil))),
            Node(
                id: ResourceID("letters"),
                kind: .subscription(
                    SubscriptionNode(topic: ResourceID("news"), filter: .everything, maxDeliveries: 3, lockSeconds: 20)
                )
            ),
            app([("jobs", "dead"), ("mail", "dead"), ("jobs", "dead"), ("letters", nil)]),
        ]
    )

    private static func queue(_ name: String, deduplication: Int?) -> Node {
        Node(
            id: ResourceID(name),
            kind: .queue(
                QueueNode(
                    maxDeliveries: 5,
                    lockSeconds: 30,
                    deduplicationSeconds: deduplication,
                    timeToLiveSeconds: nil
                )
            )
        )
    }

    private static func app(_ sources: [(String, String?)]) -> Node {
        let functions = sources.enumerated().map { index, source in
            let deadLetters = source.1.map { ResourceID($0) }
            return FunctionNode(
                name: "f\(index)",
                trigger: .messages(MessageSource(origin: ResourceID(source.0), deadLetters: deadLetters))
            )
        }
        let service = ServiceNode(executable: "App", arguments: [], contract: [], environment: [])
        return Node(
            id: ResourceID("app"),
            kind: .functionApp(
                FunctionAppNode(
                    service: service,
                    storage: ResourceID("files"),
                    functions: functions,
                    maximumInstances: 1
                )
            )
        )
    }

    @Test func `a queue is found with every place that its dead letters may be in`() throws {
        let queue = try Self.graph.queue("jobs")
        #expect(queue.place == MessagePlace(path: "jobs", maxDeliveries: 5, lockSeconds: 30))
        #expect(queue.dropsRepeats)
        #expect(!queue.isSubscription)
        #expect(
            queue.deadLetterPlaces.map(\.path)
                == ["jobs/$deadletterqueue", "dead", "dead/$deadletterqueue"]
        )
        #expect(queue.deadLetterPlaces.map(\.maxDeliveries) == [nil, 5, nil])
        #expect(!(try Self.graph.queue("mail").dropsRepeats))
    }

    @Test func `a subscription is a queue that its topic is sent to for`() throws {
        let subscription = try Self.graph.queue("letters")
        #expect(subscription == (try Self.graph.queue("news/subscriptions/letters")))
        #expect(subscription.destination == "news")
        #expect(subscription.isSubscription)
        #expect(subscription.dropsRepeats)
        #expect(subscription.deadLetterPlaces.map(\.path) == ["news/subscriptions/letters/$deadletterqueue"])
    }

    @Test func `a queue that is not there is answered with those that are`() {
        let failure = #expect(throws: Failure.self) { try Self.graph.queue("job") }
        #expect(failure?.code == 64)
        let words = "There is no queue 'job'. Did you mean 'jobs'? There are: dead, jobs, letters, mail."
        #expect(failure?.description == words)
        #expect(throws: Failure("The stack 'none' has no queue.", code: 64)) {
            try Graph(name: "none", nodes: []).queue("jobs")
        }
    }

    @Test func `dead letters that may be another's, or go to others too, are warned of`() throws {
        let shared = Self.graph.warnings(resubmitting: try Self.graph.queue("jobs"))
        #expect(shared.count == 1)
        #expect(shared.first?.hasPrefix("'dead' takes the dead letters of mail too.") == true)
        let topic = Self.graph.warnings(resubmitting: try Self.graph.queue("letters"))
        #expect(topic.first?.contains("every subscription") == true)
        #expect(Self.graph.warnings(resubmitting: try Self.graph.queue("dead")).isEmpty)
    }

    @Test func `counts are read from a description, and only from one`() {
        let details = """
            <entry><content><QueueDescription><MessageCount>9</MessageCount><CountDetails>\
            <d2p1:ActiveMessageCount>3</d2p1:ActiveMessageCount>\
            <d2p1:DeadLetterMessageCount>4</d2p1:DeadLetterMessageCount>\
            <d2p1:ScheduledMessageCount>2</d2p1:ScheduledMessageCount></CountDetails></QueueDescription>
            """
        #expect(
            QueueCounts(description: Array(details.utf8)) == QueueCounts(active: 3, scheduled: 2, deadLetters: 4)
        )
        #expect(QueueCounts(description: Array("<feed><title>Publicly Listed Services</title></feed>".utf8)) == nil)
        #expect(QueueCounts(description: Array("<d:ActiveMessageCount>x</d:ActiveMessageCount>".utf8)) == nil)
    }

    @Test func `what no more looks may see is remembered until it is gone`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "looks-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let memory = LookMemory(in: StateDirectory(root: folder.path))
        let jobs = MessagePlace(path: "jobs", maxDeliveries: 5, lockSeconds: 30)
        try memory.remember([], at: jobs, on: "bus")
        #expect(!FileManager.default.fileExists(atPath: folder.path))
        try memory.remember(["a", "b"], at: jobs, on: "bus")
        #expect(memory.exhausted(at: jobs, on: "bus") == ["a", "b"])
        #expect(memory.exhausted(at: jobs, on: "other").isEmpty)
        #expect(memory.exhausted(at: jobs.deadLetters, on: "bus").isEmpty)
        try memory.remember([], at: jobs, on: "bus")
        #expect(memory.exhausted(at: jobs, on: "bus").isEmpty)
    }
}
