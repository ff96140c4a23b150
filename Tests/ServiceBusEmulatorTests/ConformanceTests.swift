import Foundation
import Messaging
import RedisServer
import TestInstruments
import Testing

/// What every queue promises, whichever it is.
@Suite(.timeLimit(.minutes(1))) struct ConformanceTests {
    @Test(.enabled(if: RedisServer.isExpected, RedisServer.missing))
    func `the queue in Redis is among those that are tested`() {
        #expect(QueueKind.all.contains(.redis))
    }

    @Test(arguments: QueueKind.all)
    func `messages come in the order in which they were sent`(kind: QueueKind) async throws {
        try await withQueue(kind) { queue, _ in
            try await queue.send([OutgoingMessage("a")])
            try await queue.send([OutgoingMessage("b"), OutgoingMessage("c")])
            try await queue.send([])
            for id in ["a", "b", "c"] { #expect(try await queue.take()?.id == id) }
            #expect(try await queue.take() == nil)
        }
    }

    @Test(arguments: QueueKind.all)
    func `a message comes as it was sent`(kind: QueueKind) async throws {
        try await withQueue(kind) { queue, clock in
            let sent = OutgoingMessage(
                id: "1 ünïque \" id",
                subject: "sub\nject 😀",
                correlationID: "other\\",
                contentType: "text/plain; charset=utf-8",
                body: Array("body".utf8)
            )
            try await queue.send([sent])
            let received = try #require(try await queue.take())
            #expect(received.id == sent.id)
            #expect(received.subject == sent.subject)
            #expect(received.correlationID == sent.correlationID)
            #expect(received.contentType == sent.contentType)
            #expect(received.body == sent.body)
            #expect(received.properties == [:])
            #expect(received.deliveryCount == 1)
            #expect(received.enqueuedAt == clock.date)
            #expect(received.lockedUntil == clock.date.addingTimeInterval(30))
        }
    }

    @Test(arguments: QueueKind.all, [1, 2])
    func `properties come back whatever they hold`(kind: QueueKind, count: Int) async throws {
        let properties = [
            "Priority": "High", "priority": "low", "": "no name", "empty": "", "a b": "spaces ", "Content-Type": "x",
            "Authorization": "y", "Location": "z", "quote": "\"", "backslash": "\\n", "lines": "a\r\nEvil: 1\r\n\r\nb",
            "nul": "\0\u{1}\u{7f}", "ünï": "😀€", "utf8-00": "utf-8''%41", "utf-8''": "%00",
            "traceparent": "00-ab-cd-01",
            "number": "1e5", "boolean": "true", "percent": "%zz", "colon:": ":",
        ]
        try await withQueue(kind) { queue, _ in
            // One goes with headers, several go as a batch.
            let messages = (0..<count).map { OutgoingMessage(id: "\($0)", body: [], properties: properties) }
            try await queue.send(messages)
            for _ in messages { #expect(try await queue.take()?.properties == properties) }
        }
    }

    @Test(arguments: QueueKind.all, [1, 2])
    func `bodies come back byte for byte`(kind: QueueKind, count: Int) async throws {
        let bodies: [[UInt8]] = [[], Array(0...255), Array("é😀".utf8), [0xFF, 0xFE], [0], Array("\"\\\r\n\0".utf8)]
        try await withQueue(kind) { queue, _ in
            for body in bodies {
                try await queue.send((0..<count).map { OutgoingMessage(id: "\($0)", body: body) })
                for _ in 0..<count {
                    let message = try #require(try await queue.take())
                    #expect(message.body == body)
                    try await queue.complete(message.lock)
                }
            }
        }
    }

    @Test(arguments: QueueKind.all)
    func `a message of 256 KiB is too large, and a little less is not`(kind: QueueKind) async throws {
        try await withQueue(kind) { queue, _ in
            let most = Array(repeating: UInt8(0xEE), count: 255 * 1024)
            try await queue.send([OutgoingMessage(id: "a", body: most), OutgoingMessage(id: "b", body: most)])
            #expect(try await queue.take()?.body == most)
            #expect(try await queue.take()?.body == most)
            await #expect(throws: MessagingError.tooLarge) {
                try await queue.send([OutgoingMessage(id: "c", body: Array(repeating: 0, count: 256 * 1024))])
            }
            await #expect(throws: MessagingError.tooLarge) {
                let properties = ["a": String(repeating: "é", count: 20_000)]
                try await queue.send([OutgoingMessage(id: "d", body: [], properties: properties)])
            }
            // All or none.
            await #expect(throws: MessagingError.tooLarge) {
                try await queue.send([OutgoingMessage("e"), OutgoingMessage(id: "f", body: most + most)])
            }
            #expect(try await queue.take() == nil)
        }
    }

    @Test(arguments: QueueKind.all)
    func `a message without a usable id is refused`(kind: QueueKind) async throws {
        try await withQueue(kind) { queue, _ in
            for id in ["", String(repeating: "x", count: 129)] {
                await #expect(throws: MessagingError.self) { try await queue.send([OutgoingMessage(id)]) }
            }
            try await queue.send([OutgoingMessage(String(repeating: "é", count: 128))])
        }
    }

    // MARK: Locks

    @Test(arguments: QueueKind.all)
    func `a locked message is nobody else's, and a completed one is gone`(kind: QueueKind) async throws {
        try await withQueue(kind) { queue, clock in
            try await queue.send([OutgoingMessage("a")])
            let message = try #require(try await queue.take())
            #expect(try await queue.take() == nil)
            try await queue.complete(message.lock)
            clock.advance(by: .seconds(31))
            #expect(try await queue.take() == nil)
            await #expect(throws: MessagingError.lockLost) { try await queue.complete(message.lock) }
        }
    }

    @Test(arguments: QueueKind.all)
    func `an abandoned message comes again at once, in its old place`(kind: QueueKind) async throws {
        try await withQueue(kind) { queue, _ in
            try await queue.send([OutgoingMessage("a"), OutgoingMessage("b")])
            let first = try #require(try await queue.take())
            try await queue.abandon(first.lock)
            let second = try #require(try await queue.take())
            #expect(second.id == "a")
            #expect(second.deliveryCount == 2)
            #expect(second.lock != first.lock)
            await #expect(throws: MessagingError.lockLost) { try await queue.complete(first.lock) }
            try await queue.complete(second.lock)
        }
    }

    @Test(arguments: QueueKind.all)
    func `a lock that runs out gives the message to the next`(kind: QueueKind) async throws {
        try await withQueue(kind) { queue, clock in
            try await queue.send([OutgoingMessage("a")])
            let first = try #require(try await queue.take())
            clock.advance(by: .seconds(29))
            #expect(try await queue.take() == nil)
            clock.advance(by: .seconds(1))
            await #expect(throws: MessagingError.lockLost) { try await queue.complete(first.lock) }
            await #expect(throws: MessagingError.lockLost) { try await queue.renew(first.lock) }
            await #expect(throws: MessagingError.lockLost) { try await queue.abandon(first.lock) }
            #expect(try await queue.take()?.deliveryCount == 2)
        }
    }

    @Test(arguments: QueueKind.all)
    func `a renewed lock starts anew`(kind: QueueKind) async throws {
        try await withQueue(kind) { queue, clock in
            try await queue.send([OutgoingMessage("a")])
            let message = try #require(try await queue.take())
            for _ in 0..<4 {
                clock.advance(by: .seconds(29))
                try await queue.renew(message.lock)
            }
            clock.advance(by: .seconds(29))
            try await queue.complete(message.lock)
        }
    }

    @Test(
        arguments: QueueKind.all,
        ["", "x", "1/2", "/jobs/messages/1/abc", "http://elsewhere/", "/jobs/messages/-1/%00"]
    )
    func `a lock that never was is lost`(kind: QueueKind, token: String) async throws {
        try await withQueue(kind) { queue, _ in
            await #expect(throws: MessagingError.lockLost) { try await queue.complete(MessageLock(token: token)) }
        }
    }

    @Test(arguments: QueueKind.all)
    func `a message that was delivered too often comes no more`(kind: QueueKind) async throws {
        try await withQueue(kind, QueueRules(maxDeliveries: 2)) { queue, clock in
            try await queue.send([OutgoingMessage("a")])
            try await queue.abandon(try #require(try await queue.take()).lock)
            #expect(try await queue.take()?.deliveryCount == 2)
            clock.advance(by: .seconds(31))
            #expect(try await queue.take() == nil)
        }
    }

    @Test(arguments: QueueKind.all)
    func `what was delivered too often is a dead letter that says why`(kind: QueueKind) async throws {
        try await withQueues(kind, QueueRules(maxDeliveries: 1)) { queue, deadLetters, clock in
            let sent = OutgoingMessage(id: "a", subject: "s", body: [1, 2], properties: ["p": "v"])
            try await queue.send([sent, OutgoingMessage("b")])
            try await queue.abandon(try #require(try await queue.take()).lock)
            let letter = try #require(try await deadLetters.take())
            #expect(letter.id == "a")
            #expect(letter.subject == "s")
            #expect(letter.body == [1, 2])
            #expect(letter.properties["p"] == "v")
            #expect(letter.properties["DeadLetterReason"] == "MaxDeliveryCountExceeded")
            try await deadLetters.complete(letter.lock)
            _ = try #require(try await queue.take())
            clock.advance(by: .seconds(31))
            #expect(try await queue.take() == nil)
            #expect(try await deadLetters.take()?.id == "b")
        }
    }

    // MARK: Repeats and schedules

    @Test(arguments: QueueKind.all)
    func `a repeated id is dropped within its window`(kind: QueueKind) async throws {
        try await withQueue(kind, QueueRules(deduplication: 60)) { queue, clock in
            try await queue.send([OutgoingMessage("a", "1"), OutgoingMessage("a", "2")])
            try await queue.send([OutgoingMessage("a", "3")])
            let message = try #require(try await queue.take())
            #expect(message.body == Array("1".utf8))
            try await queue.complete(message.lock)
            clock.advance(by: .seconds(59))
            try await queue.send([OutgoingMessage("a", "4")])
            #expect(try await queue.take() == nil)
            clock.advance(by: .seconds(1))
            try await queue.send([OutgoingMessage("a", "5")])
            #expect(try await queue.take()?.body == Array("5".utf8))
        }
    }

    @Test(arguments: QueueKind.all)
    func `without a window nothing is dropped`(kind: QueueKind) async throws {
        try await withQueue(kind) { queue, _ in
            try await queue.send([OutgoingMessage("a"), OutgoingMessage("a")])
            #expect(try await queue.take() != nil)
            #expect(try await queue.take() != nil)
        }
    }

    @Test(arguments: QueueKind.all, [1, 2])
    func `a scheduled message comes at its time, never before`(kind: QueueKind, count: Int) async throws {
        try await withQueue(kind) { queue, clock in
            let due = clock.date.addingTimeInterval(59.5)
            try await queue.send((0..<count).map { OutgoingMessage(id: "\($0)", body: [], scheduledAt: due) })
            clock.advance(by: .seconds(59))
            #expect(try await queue.take() == nil)
            clock.advance(by: .seconds(1))
            for _ in 0..<count { #expect(try await queue.take() != nil) }
        }
    }

    @Test(arguments: QueueKind.all)
    func `a schedule that has passed is now`(kind: QueueKind) async throws {
        try await withQueue(kind) { queue, clock in
            var message = OutgoingMessage("a")
            message.scheduledAt = clock.date.addingTimeInterval(-3600)
            try await queue.send([message])
            #expect(try await queue.take() != nil)
        }
    }

    // MARK: Waiting

    @Test(arguments: QueueKind.all)
    func `who waits gets the message that is sent`(kind: QueueKind) async throws {
        try await withQueue(kind) { queue, clock in
            async let message = queue.receive(waitingAtMost: .seconds(60))
            await clock.waitForSleeper(of: .seconds(60))
            try await queue.send([OutgoingMessage("a")])
            #expect(try await message?.id == "a")
        }
    }

    @Test(arguments: QueueKind.all)
    func `who waits gets nothing when nothing comes`(kind: QueueKind) async throws {
        try await withQueue(kind) { queue, clock in
            async let message = queue.receive(waitingAtMost: .seconds(60))
            await clock.waitForSleeper(of: .seconds(60))
            clock.advance(by: .seconds(60))
            let received = try await message
            #expect(received == nil)
        }
    }

    @Test(arguments: QueueKind.all)
    func `who waits gets what becomes free by time alone`(kind: QueueKind) async throws {
        try await withQueue(kind) { queue, clock in
            try await queue.send([OutgoingMessage("a")])
            _ = try await queue.take()
            async let message = queue.receive(waitingAtMost: .seconds(60))
            await clock.waitForSleeper(of: .seconds(30))
            clock.advance(by: .seconds(30))
            #expect(try await message?.deliveryCount == 2)
        }
    }

    @Test(arguments: QueueKind.all)
    func `who has left swallows no message`(kind: QueueKind) async throws {
        try await withQueue(kind) { queue, clock in
            await withTaskGroup(of: Void.self) { group in
                group.addTask { _ = try? await queue.receive(waitingAtMost: .seconds(60)) }
                await clock.waitForSleeper(of: .seconds(60))
                group.cancelAll()
            }
            try await queue.send([OutgoingMessage("a")])
            // If it was handed to the one who left, it comes back, and that delivery does not count.
            let message = try await queue.receive(waitingAtMost: .seconds(59))
            #expect(message?.deliveryCount == 1)
        }
    }

    @Test(arguments: QueueKind.all)
    func `many senders and receivers lose nothing and repeat nothing`(kind: QueueKind) async throws {
        try await withQueue(kind) { queue, _ in
            let taken = try await withThrowingTaskGroup(of: [String].self) { group in
                for sender in 0..<4 {
                    group.addTask {
                        for number in 0..<25 { try await queue.send([OutgoingMessage("\(sender)-\(number)")]) }
                        return []
                    }
                }
                for _ in 0..<4 {
                    group.addTask {
                        var taken: [String] = []
                        while taken.count < 25 {
                            guard let message = try await queue.receive(waitingAtMost: .seconds(30)) else { break }
                            try await queue.complete(message.lock)
                            taken.append(message.id)
                        }
                        return taken
                    }
                }
                var all: [String] = []
                for try await some in group { all += some }
                return all
            }
            #expect(taken.count == 100)
            #expect(Set(taken).count == 100)
        }
    }
}
