import Testing

@testable import Messaging

@Suite struct PumpScheduleTests {
    @Test func `an idle pump has one request open`() {
        var schedule = PumpSchedule(limit: 4)
        #expect(schedule.start() == [.poll(afterFailures: 0)])
        #expect(schedule.receivedNothing() == [.poll(afterFailures: 0)])
        #expect(schedule.polls == 1)
    }

    @Test func `a backlog opens more requests, up to the limit`() {
        var schedule = PumpSchedule(limit: 4)
        _ = schedule.start()
        var taken = 0
        while schedule.polls > 0 {
            #expect(schedule.received().first == .handle)
            taken += 1
            #expect(schedule.polls + schedule.handling <= 4)
        }
        #expect(taken == 4)
        #expect(schedule.handled() == [.poll(afterFailures: 0)])
    }

    @Test func `requests that end empty are not repeated, but for the last`() {
        var schedule = PumpSchedule(limit: 4)
        _ = schedule.start()
        #expect(schedule.received() == [.handle, .poll(afterFailures: 0), .poll(afterFailures: 0)])
        #expect(schedule.receivedNothing() == [])
        #expect(schedule.receivedNothing() == [.poll(afterFailures: 0)])
    }

    @Test func `requests that fail together count as one failure`() {
        var schedule = PumpSchedule(limit: 4)
        _ = schedule.start()
        _ = schedule.received()
        #expect(schedule.receiveFailed() == [])
        #expect(schedule.receiveFailed() == [.poll(afterFailures: 1)])
        #expect(schedule.receiveFailed() == [.poll(afterFailures: 2)])
        #expect(schedule.receivedNothing() == [.poll(afterFailures: 0)])
    }

    @Test func `a failed message frees its place while it waits`() {
        var schedule = PumpSchedule(limit: 1)
        _ = schedule.start()
        #expect(schedule.received() == [.handle])
        #expect(schedule.handlerFailed() == [.poll(afterFailures: 0)])
        #expect(schedule.hasRoomToWait)
        for _ in 1..<16 {
            _ = schedule.received()
            _ = schedule.handlerFailed()
        }
        #expect(!schedule.hasRoomToWait)
    }

    @Test func `a closing pump asks for nothing, gives back what still comes, and ends with the last message`() {
        var schedule = PumpSchedule(limit: 4)
        _ = schedule.start()
        _ = schedule.received()
        schedule.close()
        #expect(schedule.received() == [.giveBack])
        #expect(schedule.receiveFailed() == [])
        #expect(schedule.handled() == [])
        #expect(!schedule.isDone)
        #expect(schedule.handled() == [])
        #expect(schedule.isDone)
    }
}
