import Messaging
import TestInstruments
import Testing

@testable import FunctionHost

struct CourteousReceiverTests {
    @Test func `messages are taken at once while few requests are answered`() async throws {
        let (receiver, load, clock) = try Self.make()
        for _ in 1..<CourteousReceiver.threshold { load.entered() }
        let start = clock.now
        #expect(try await receiver.receive(waitingAtMost: .zero)?.id == "1")
        #expect(start.duration(to: clock.now) == .zero)
    }

    @Test func `messages wait while many requests are answered, and not for ever`() async throws {
        let (receiver, load, clock) = try Self.make()
        for _ in 0..<CourteousReceiver.threshold { load.entered() }
        let start = clock.now
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await clock.run() }
            let message = try await receiver.receive(waitingAtMost: .zero)
            #expect(message?.id == "1")
            group.cancelAll()
        }
        #expect(start.duration(to: clock.now) == CourteousReceiver.patience)
    }

    private static func make() throws -> (CourteousReceiver, RequestLoad, EventClock) {
        let queue = InMemoryQueue()
        try queue.send([OutgoingMessage(id: "1", body: [])])
        let (load, clock) = (RequestLoad(), EventClock())
        return (CourteousReceiver(receiver: queue, load: load, clock: clock), load, clock)
    }
}
