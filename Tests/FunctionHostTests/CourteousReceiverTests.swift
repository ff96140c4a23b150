import Messaging
import TestInstruments
import Testing

@testable import FunctionHost

struct CourteousReceiverTests {
    @Test(arguments: [(CourteousReceiver.threshold - 1, 0), (CourteousReceiver.threshold, 2)])
    func `messages come at once, and in single file while many requests are answered`(
        requests: Int,
        distances: Int
    ) async throws {
        let queue = InMemoryQueue()
        try queue.send((1...3).map { OutgoingMessage(id: "\($0)", body: []) })
        let (load, clock) = (RequestLoad(), EventClock())
        for _ in 0..<requests { load.entered() }
        let receiver = CourteousReceiver(queue, load: load, clock: clock)
        let start = clock.now
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await clock.run() }
            let messages = try await withThrowingTaskGroup(of: String?.self) { receivers in
                for _ in 1...3 { receivers.addTask { try await receiver.receive(waitingAtMost: .zero)?.id } }
                return try await receivers.reduce(into: Set<String?>()) { $0.insert($1) }
            }
            #expect(messages == ["1", "2", "3"])
            group.cancelAll()
        }
        #expect(start.duration(to: clock.now) == CourteousReceiver.distance * distances)
    }
}
