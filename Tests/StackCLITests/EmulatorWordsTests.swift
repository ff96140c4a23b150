import ArgumentParser
import Foundation
import ServiceBusEmulator
import Settings
import Testing

@testable import StackCLI

/// The words of `infra emulator`.
struct EmulatorWordsTests {
    @Test func `entities are read with their options`() throws {
        let command = try EmulatorCommand.parse([
            "--queue", "jobs,lock=30,max-deliveries=5,deduplication=86400,time-to-live=3600", "--queue", "a/b",
            "--topic",
            "news,deduplication=60,time-to-live=7", "--subscription", "news/all", "--subscription",
            "news/mail,lock=5,max-deliveries=2,filter=sys.Label IN ('a,b', 'filter=')",
        ])
        #expect(
            command.queues.map(\.queue) == [
                .init("jobs", maxDeliveries: 5, lockSeconds: 30, deduplicationSeconds: 86_400, timeToLiveSeconds: 3600),
                .init("a/b"),
            ]
        )
        #expect(command.topics.map(\.topic) == [.init("news", deduplicationSeconds: 60, timeToLiveSeconds: 7)])
        #expect(
            command.subscriptions.map(\.subscription) == [
                .init("all", topic: "news"),
                .init(
                    "mail",
                    topic: "news",
                    filter: "sys.Label IN ('a,b', 'filter=')",
                    maxDeliveries: 2,
                    lockSeconds: 5
                ),
            ]
        )
    }

    @Test(arguments: ["jobs,lock", "jobs,lock=", "jobs,lock=5,lock=6", "jobs,color=1", "jobs,,lock=5", "jobs,lock=1.5"])
    func `an option that makes no sense is refused`(word: String) {
        #expect(throws: (any Error).self) { try EmulatorCommand.parse(["--queue", word]) }
    }

    private func keys(
        _ words: [String],
        environment: SecretValue? = nil,
        data: String = "/nowhere"
    ) throws -> [SharedAccessKey] {
        try EmulatorKeys.parse(words).keys(environment, data: data)
    }

    @Test func `keys come from the words and the environment, with what they allow`() throws {
        let keys = try keys(
            [
                "--key", "a=x=/+==", "--key", "b=y", "--rights", "b=listen,send", "--rights", "root=send", "--key-name",
                "root",
            ],
            environment: SecretValue("z")
        )
        #expect(
            keys == [
                SharedAccessKey(name: "a", value: SecretValue("x=/+==")),
                SharedAccessKey(name: "b", value: SecretValue("y"), rights: [.listen, .send]),
                SharedAccessKey(name: "root", value: SecretValue("z"), rights: [.send]),
            ]
        )
        // What is said aloud wins over what is lying about.
        let own = try self.keys(["--key", "root=x", "--key-name", "root"], environment: SecretValue("z"))
        #expect(own == [SharedAccessKey(name: "root", value: SecretValue("x"))])
    }

    @Test func `a key is made up where there is none, and stays the same`() throws {
        let data = FileManager.default.temporaryDirectory.appending(path: "keys-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: data) }
        let made = try keys([], data: data)
        #expect(made.map(\.name) == ["RootManageSharedAccessKey"])
        #expect(made.first?.value.unsafeRevealed.count == 44)
        #expect(try keys([], data: data) == made)
        let file = try FileManager.default.attributesOfItem(atPath: data + "/secrets.json")
        #expect(file[.posixPermissions] as? Int == 0o600)
    }

    @Test func `a person is told where the broker is, what it has and how to connect`() {
        let broker = BrokerConfiguration(
            queues: [.init("a"), .init("b")],
            topics: [.init("t")],
            subscriptions: [.init("s", topic: "t")]
        )
        let announcement = EmulatorAnnouncement(
            host: "0.0.0.0",
            data: "d",
            broker: broker,
            key: SharedAccessKey(name: "n", value: SecretValue("k"))
        )
        #expect(
            announcement.text(port: 5) == """
                Listening on   http://127.0.0.1:5
                Queues         a, b
                Topics         t
                Subscriptions  t/subscriptions/s
                Messages in    d
                Connection     Endpoint=sb://127.0.0.1:5;SharedAccessKeyName=n;SharedAccessKey=k;UseDevelopmentEmulator=true
                """
        )
    }
}
