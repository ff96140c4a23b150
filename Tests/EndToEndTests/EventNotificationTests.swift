import AsyncHTTPClient
import Foundation
import JSONText
import Messaging
import NIOHTTP1
import Testing

/// An address for notifications that does everything wrong.
@Suite(.timeLimit(.minutes(5))) struct EventNotificationTests {
    private static let flood = 5000

    @Test func `an address that hangs, fails, redirects or never ends holds up nothing else`() async throws {
        try await Receiver.listening { receiver, url in
            try await LocalSystem.running(environment: ["NOTIFY_URL": url]) { system in
                let token = try await system.token(for: "ada")
                try await checkSingly(system, receiver, token)
                let memory = try await system.memory(of: "functions")
                try await flood(system, token)
                try await checkOthers(system, token)
                #expect(try await system.memory(of: "functions") < memory + 96 << 20)
                #expect(try await system.handled("user.message", "rejected") == 1)
            }
        }
    }

    private func checkSingly(_ system: LocalSystem, _ receiver: Receiver, _ token: String) async throws {
        let redirected = try await system.say("redirect one", token: token)
        _ = try await system.say("endless one", token: token)
        _ = try await system.say("take one", token: token)
        try await eventually { try await system.handled("user.message") == 2 }
        #expect(Set(receiver.received.keys) == ["redirect one", "endless one", "take one"])
        // What will never be taken is a dead letter at once, and says why.
        try await HTTPClient.withLetter(of: system) { letter in
            #expect(letter?.id == redirected)
            #expect(letter?.properties["DeadLetterReason"] == "NotificationRedirected")
            #expect(letter?.properties["DeadLetterErrorDescription"] == "the address answered 307")
        }
    }

    private func flood(_ system: LocalSystem, _ token: String) async throws {
        let manners = ["fail", "hang", "leave"]
        for start in stride(from: 0, to: Self.flood, by: 100) {
            let events = (start..<start + 100).map { index in
                #"{"source":"t","type":"user.message","metadata":{"text":"\#(manners[index % 3]) \#(index)"}}"#
            }
            let body = "[\(events.joined(separator: ","))]"
            #expect(try await system.request(.POST, "/api/events:batch", body, token: token).status == 202)
        }
    }

    private func checkOthers(_ system: LocalSystem, _ token: String) async throws {
        let chat = #"{"source":"t","type":"llm.chat","metadata":{"messages":[{"role":"user","content":"Hi"}]}}"#
        #expect(try await system.request(.POST, "/api/events", chat, token: token).status == 202)
        let due = Date().ISO8601Format()
        let schedule = #"{"event":{"source":"t","type":"a"},"timestamp":"\#(due)"}"#
        #expect(try await system.request(.POST, "/api/schedule", schedule, token: token).status == 201)
        try await eventually(within: .seconds(120)) {
            let chats = try await system.handled("llm.chat")
            let others = try await system.handled("other")
            return chats == 1 && others == 1
        }
    }
}

extension HTTPClient {
    /// Looks at the first dead letter of a system.
    fileprivate static func withLetter(
        of system: LocalSystem,
        _ body: (ReceivedMessage?) throws -> Void
    ) async throws {
        let client = KilledBroker.client()
        let queue = try await system.queue("events-dead", client)
        try body(try await queue?.receive(waitingAtMost: .seconds(10)))
        try await client.shutdown()
    }
}
