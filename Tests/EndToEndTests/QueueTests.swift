import AsyncHTTPClient
import Foundation
import JSONText
import Messaging
import Settings
import StackGraph
import Testing

/// `infra queue` as an operator uses it, against the broker of a running stack.
@Suite(.serialized, .timeLimit(.minutes(3))) struct QueueTests {
    private static let canary = "canary-of-a-body-7f3a"
    /// What would paint a terminal, set its title, and turn the order of a line.
    private static let hostile = "\u{1B}[31m\u{1B}]0;owned\u{07}\u{202E}\u{9B}2J"

    /// Puts messages into the queue for dead letters, which no service reads.
    private func send(_ messages: [OutgoingMessage], to queue: String, of system: LocalSystem) async throws {
        try await system.withQueue(queue) { try await $0.send(messages) }
    }

    private func message(_ id: String, _ properties: [String: String] = [:]) -> OutgoingMessage {
        OutgoingMessage(
            id: id,
            subject: "note\(Self.hostile)",
            body: Array(#"{"text":"\#(Self.canary)\#(Self.hostile)"}"#.utf8),
            properties: properties
        )
    }

    @Test func `a look shows every message once, loses none, and keeps bodies and controls to itself`() async throws {
        try await LocalSystem.running { system in
            let ids = (0..<25).map { "m\($0)" }
            try await send(ids.map { message($0) }, to: "events-dead", of: system)
            let look = try await system.infra("queue", "peek", "events-dead", "--limit", "30", "--json")
            #expect(look.code == 0, "\(look.errors)")
            let shown = try JSON(parsing: look.output)["messages"]?.array ?? []
            #expect(shown.compactMap { $0["id"]?.string } == ids)
            #expect(shown.allSatisfy { $0["deliveries"]?.integer == 1 })
            #expect(try await system.counts(of: "events-dead")?["active"]?.integer == 25)

            let table = try await system.infra("queue", "peek", "events-dead", "--limit", "5")
            #expect(table.output.split(separator: "\n").count == 6)
            #expect(table.output.contains("2 of 10"))
            #expect(table.errors.contains("a look is a delivery"))
            for text in [look.output, look.errors, table.output, table.errors] {
                #expect(!text.contains(Self.canary))
                #expect(isHarmless(text))
            }
            let bodies = try await system.infra("queue", "peek", "events-dead", "--limit", "1", "--body")
            #expect(bodies.output.contains(Self.canary))
            #expect(isHarmless(bodies.output))
            #expect(try await system.counts(of: "events-dead")?["active"]?.integer == 25)
        }
    }

    /// Whether a terminal would do nothing but show it.
    private func isHarmless(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { scalar in
            scalar == "\n" || scalar.properties.generalCategory != .control && !scalar.properties.isBidiControl
        }
    }

    @Test func `looks stop before they make dead letters`() async throws {
        try await LocalSystem.running { system in
            try await send([message("worn")], to: "events-dead", of: system)
            for _ in 0..<8 { #expect(try await system.infra("queue", "peek", "events-dead").code == 0) }
            let last = try await system.infra("queue", "peek", "events-dead")
            #expect(last.code == 0)
            #expect(last.errors.contains("With one delivery left: worn"))
            let refused = try await system.infra("queue", "peek", "events-dead")
            #expect(refused.code == 1)
            #expect(refused.errors.contains("had one delivery left: worn"))
            #expect(try await system.counts(of: "events-dead")?["active"]?.integer == 1)

            // Another that stays would be lost by that, too.
            let partial = ["queue", "resubmit", "events", "--id", "nobody"]
            for words in [partial, partial + ["--yes"]] {
                let result = try await system.infra(words)
                #expect(result.errors.contains("had one delivery left: worn"), "\(words)")
            }
            #expect(try await system.counts(of: "events-dead")?["active"]?.integer == 1)

            let forced = try await system.infra("queue", "peek", "events-dead", "--last-delivery")
            #expect(forced.errors.contains("becomes a dead letter"))
            // It is found nonetheless.
            let dead = try await system.infra("queue", "dead-letters", "events", "--json")
            let letters = try JSON(parsing: dead.output)["deadLetters"]?.array ?? []
            #expect(letters.compactMap { $0["place"]?.string } == ["events-dead/$deadletterqueue"])
            #expect(letters.first?["reason"]?.string == "MaxDeliveryCountExceeded")
            #expect(letters.first?["source"]?.string == "events-dead")
        }
    }

    @Test func `a rejected event is handled after it was resubmitted`() async throws {
        try await Receiver.listening { receiver, url in
            try await LocalSystem.running(environment: ["NOTIFY_URL": "\(url)-not-yet"]) { system in
                let token = try await system.token(for: "ada")
                let event = #"{"source":"t","type":"user.message","metadata":{"text":"late"}}"#
                let answer = try await post("\(system.eventsURL)/api/events", event, token: token)
                let id = try #require(try JSON(parsing: answer.body)["id"]?.string)
                try await eventually { try await system.counts(of: "events-dead")?["active"]?.integer == 1 }
                let dead = try await system.infra("queue", "dead-letters", "events")
                #expect(dead.output.contains(id))
                #expect(dead.output.contains("reason:"))

                let unasked = try await system.infra("queue", "resubmit", "events", "--id", id)
                #expect(unasked.code == 64)
                #expect(unasked.errors.contains("run this with --yes"))
                #expect(unasked.output.contains(id))
                #expect(try await system.counts(of: "events-dead")?["active"]?.integer == 1)
                let other = try await system.infra("queue", "resubmit", "events", "--id", "nobody", "--yes")
                #expect(other.code == 1)
                #expect(try await system.counts(of: "events-dead")?["active"]?.integer == 1)

                // The same folder and ports, and an address that answers.
                _ = try await system.infra("down")
                let repaired = system.with(["NOTIFY_URL": url])
                try await repaired.start()
                let sent = try await repaired.infra("queue", "resubmit", "events", "--all", "--yes")
                #expect(sent.code == 0, "\(sent.errors)")
                #expect(sent.output.contains("Sent 1 to 'events' again."))
                try await eventually { receiver.received["late"] == 1 }
                try await eventually { try await repaired.counts(of: "events")?["active"]?.integer == 0 }
                #expect(try await repaired.counts(of: "events-dead")?["active"]?.integer == 0)
            }
        }
    }

    @Test func `purging empties, and asks first`() async throws {
        try await LocalSystem.running { system in
            try await send((0..<50).map { message("m\($0)") }, to: "events-dead", of: system)
            let unasked = try await system.infra("queue", "purge", "events-dead")
            #expect(unasked.code == 64)
            #expect(try await system.counts(of: "events-dead")?["active"]?.integer == 50)
            let purge = try await system.infra("queue", "purge", "events", "--dead-letters", "--yes")
            #expect(purge.code == 0, "\(purge.errors)")
            #expect(purge.output.contains("Removed 50 from "))
            #expect(try await system.counts(of: "events-dead")?["active"]?.integer == 0)
            #expect(try await system.infra("queue", "purge", "events-dead").output.contains("nothing to remove"))
        }
    }

    @Test func `what is not there is told with what to do next`() async throws {
        let system = try LocalSystem()
        defer { try? FileManager.default.removeItem(at: system.folder) }
        let unknown = try await system.infra("queue", "peek", "event")
        #expect(unknown.code == 64)
        #expect(unknown.errors.contains("Did you mean 'events'? There are: events, events-dead."))
        let idle = try await system.infra("queue")
        #expect(idle.code == 1)
        #expect(idle.errors.contains("Start it with `infra up`."))

        let away =
            "Endpoint=sb://127.0.0.1:9;SharedAccessKeyName=k;SharedAccessKey=secret-key;UseDevelopmentEmulator=true"
        let other = system.with(["SERVICEBUS_CONNECTION": away])
        let silent = try await other.infra("queue", "list")
        #expect(silent.code == 1)
        #expect(silent.errors.contains("127.0.0.1:9"))
        #expect(silent.errors.contains("Check the address in SERVICEBUS_CONNECTION"))
        #expect(!silent.errors.contains("secret-key"))
    }

    @Test func `a wrong key is one clear message`() async throws {
        try await LocalSystem.running { system in
            let port = BrokerProgram.port + system.portOffset
            let wrong = system.with(["SERVICEBUS_CONNECTION": BrokerProgram.connection(port: port, key: "wrong-key")])
            for words in [["peek", "events"], ["dead-letters", "events"], ["purge", "events", "--yes"]] {
                let result = try await wrong.infra(["queue"] + words)
                #expect(result.code == 78, "\(words)")
                #expect(result.errors.contains("does not let you do this"))
                #expect(!(result.output + result.errors).contains("wrong-key"))
            }
            let list = try await wrong.infra("queue", "list")
            #expect(list.output.contains("unknown"))
        }
    }
}

extension LocalSystem {
    /// The same system with other variables.
    func with(_ additions: [String: String]) -> LocalSystem {
        LocalSystem(
            folder: folder,
            portOffset: portOffset,
            environment: environment.merging(additions) { _, given in given }
        )
    }

    /// What `infra queue` says of one queue.
    fileprivate func counts(of queue: String) async throws -> JSON? {
        let result = try await infra("queue", "--json")
        try #require(result.code == 0, "\(result.errors)")
        return try JSON(parsing: result.output).array?.first { $0["queue"]?.string == queue }
    }

    /// How to reach the broker that runs here.
    var busConnection: ConnectionString {
        get throws {
            let file = folder.appending(path: ".slipway/secrets.json")
            let secrets = try JSON(parsing: try Data(contentsOf: file))
            let key = try #require(secrets[BrokerProgram.keyVariable]?.string)
            let text = BrokerProgram.connection(port: BrokerProgram.port + portOffset, key: key)
            return try ConnectionString(parsing: SecretValue(text))
        }
    }

    /// A queue of the broker that runs here.
    func withQueue(_ name: String, _ body: (ServiceBusQueue) async throws -> Void) async throws {
        let connection = try busConnection
        let client = HTTPClient(configuration: .messaging)
        do {
            try await body(try ServiceBusQueue(name, connection: connection, client: client))
        } catch {
            try await client.shutdown()
            throw error
        }
        try await client.shutdown()
    }
}
