import Testing

@testable import Messaging

@Suite struct BatchScheduleTests {
    private func call(_ id: Int, messages: Int = 1, bytes: Int = 0) -> BatchSchedule.Call {
        let body = Array(repeating: UInt8(0), count: bytes / messages)
        return .init(id: id, messages: (0..<messages).map { OutgoingMessage(id: "\(id)-\($0)", body: body) })
    }

    private func next(_ schedule: inout BatchSchedule, without gone: Set<Int> = []) -> [Int]? {
        schedule.next { !gone.contains($0.id) }?.map(\.id)
    }

    @Test func `a call goes at once while there is room, and the rest goes together`() throws {
        var schedule = BatchSchedule(limits: .init(requests: 2))
        try schedule.add(call(1))
        #expect(next(&schedule) == [1])
        try schedule.add(call(2))
        #expect(next(&schedule) == [2])
        for id in 3...5 { try schedule.add(call(id)) }
        #expect(next(&schedule) == nil)
        schedule.finished()
        #expect(next(&schedule) == [3, 4, 5])
        #expect(next(&schedule) == nil)
    }

    @Test func `a batch stays within its limits, and a call is never divided`() throws {
        var schedule = BatchSchedule(limits: .init(requests: 9, batchMessages: 3, batchBytes: 10_000))
        try schedule.add(call(1, messages: 2))
        try schedule.add(call(2, messages: 2))
        try schedule.add(call(3, bytes: 9000))
        try schedule.add(call(4, bytes: 2000))
        try schedule.add(call(5, bytes: 50_000))
        try schedule.add(call(6, messages: 9))
        #expect(next(&schedule) == [1])
        #expect(next(&schedule) == [2, 3])
        #expect(next(&schedule) == [4])
        #expect(next(&schedule) == [5])
        #expect(next(&schedule) == [6])
    }

    @Test func `a call whose caller has gone is passed over`() throws {
        var schedule = BatchSchedule(limits: .init(requests: 1))
        for id in 1...4 { try schedule.add(call(id)) }
        #expect(next(&schedule, without: [1, 3]) == [2, 4])
        schedule.finished()
        try schedule.add(call(5))
        #expect(next(&schedule, without: [5]) == nil)
        schedule.close()
        #expect(schedule.isDone)
    }

    @Test func `what waits is bounded, by messages and by bytes`() throws {
        var schedule = BatchSchedule(limits: .init(requests: 1, queuedMessages: 2, queuedBytes: 5000))
        try schedule.add(call(1))
        #expect(throws: MessagingError.self) { try schedule.add(call(2, bytes: 5000)) }
        try schedule.add(call(3))
        #expect(throws: MessagingError.self) { try schedule.add(call(4)) }
        #expect(next(&schedule) == [1, 3])
        try schedule.add(call(5))
    }

    @Test func `after closing nothing more is taken, and what is there is sent`() throws {
        var schedule = BatchSchedule(limits: .init(requests: 1))
        try schedule.add(call(1))
        schedule.close()
        #expect(throws: MessagingError.self) { try schedule.add(call(2)) }
        #expect(!schedule.isDone)
        #expect(next(&schedule) == [1])
        #expect(!schedule.isDone)
        schedule.finished()
        #expect(schedule.isDone)
    }
}
