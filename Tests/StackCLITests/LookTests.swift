import Messaging
import TestInstruments
import Testing

@testable import StackCLI

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

struct LookTests {
    /// A queue whose messages can be counted by where they are.
    private actor Drawer: MessageReceiver {
        private(set) var free: [ReceivedMessage]
        private(set) var taken: [MessageLock: ReceivedMessage] = [:]
        private(set) var completed: [String] = []
        /// Locks that are lost.
        private let lost: Set<String>
        /// Which receive fails, counted from 1.
        private let failing: Int?
        private var receives = 0

        init(_ ids: [String], deliveries: Int = 0, lost: Set<String> = [], failing: Int? = nil) {
            self.free = ids.map { ReceivedMessage($0, deliveries: deliveries) }
            self.lost = lost
            self.failing = failing
        }

        func receive(waitingAtMost wait: Duration) throws -> ReceivedMessage? {
            receives += 1
            if receives == failing { throw MessagingError.unavailable(reason: "a test") }
            guard !free.isEmpty else { return nil }
            var message = free.removeFirst()
            message.deliveryCount += 1
            taken[message.lock] = message
            return message
        }

        func complete(_ lock: MessageLock) throws {
            guard !lost.contains(lock.token), let message = taken.removeValue(forKey: lock) else {
                throw MessagingError.lockLost
            }
            completed.append(message.id)
        }

        func abandon(_ lock: MessageLock) throws {
            guard !lost.contains(lock.token), let message = taken.removeValue(forKey: lock) else {
                throw MessagingError.lockLost
            }
            free.append(message)
        }

        func renew(_ lock: MessageLock) {}
    }

    private static let place = MessagePlace(path: "jobs", maxDeliveries: 10, lockSeconds: 30)
    private static let ids = (0..<7).map { "m\($0)" }

    @Test(arguments: [0, 1, 3, 7, 8])
    func `each is met once, up to the limit, and all go back`(limit: Int) async throws {
        let drawer = Drawer(Self.ids)
        var met: [String] = []
        let report = try await Look(receiver: drawer, place: Self.place, limit: limit).run(until: SignalNotice()) {
            met.append($0.id)
            return false
        }
        #expect(met == Array(Self.ids.prefix(limit)))
        #expect(report == Look.Report(taken: min(limit, 7), end: limit > 7 ? .empty : .limit))
        #expect(await Set(drawer.free.map(\.id)) == Set(Self.ids))
        #expect(await drawer.taken.isEmpty)
    }

    @Test func `Ctrl-C between two messages gives back what was taken`() async throws {
        let drawer = Drawer(Self.ids)
        let notice = SignalNotice()
        let report = try await Look(receiver: drawer, place: Self.place, limit: 20).run(until: notice) { message in
            if message.id == "m2" { notice.notice() }
            return false
        }
        #expect(report == Look.Report(taken: 3, end: .interrupted))
        #expect(await drawer.free.count == 7)
    }

    @Test func `a failure gives back what was taken`() async throws {
        let silent = Drawer(Self.ids, failing: 4)
        await #expect(throws: MessagingError.unavailable(reason: "a test")) {
            _ = try await Look(receiver: silent, place: Self.place, limit: 20).run(until: SignalNotice()) { _ in false }
        }
        #expect(await silent.free.count == 7)
        let drawer = Drawer(Self.ids)
        await #expect(throws: CancellationError.self) {
            _ = try await Look(receiver: drawer, place: Self.place, limit: 20).run(until: SignalNotice()) { message in
                if message.id == "m5" { throw CancellationError() }
                return false
            }
        }
        #expect(await drawer.free.count == 7)
    }

    @Test func `what cannot be given back is counted, and stops no other`() async throws {
        let drawer = Drawer(Self.ids, lost: ["m1", "m4"])
        let report = try await Look(receiver: drawer, place: Self.place, limit: 20).run(until: SignalNotice()) { _ in
            false
        }
        #expect(report == Look.Report(taken: 7, end: .empty, unreturned: 2))
        #expect(await drawer.free.count == 5)
    }

    @Test func `it ends before the first lock does`() async throws {
        let drawer = Drawer(Self.ids)
        let start = ContinuousClock.now
        let elapsed = Shared(Duration.zero)
        var look = Look(receiver: drawer, place: Self.place, limit: 20)
        look.now = { start + elapsed.withLock { $0 } }
        let report = try await look.run(until: SignalNotice()) { _ in
            elapsed.withLock { $0 += .seconds(6) }
            return false
        }
        #expect(report == Look.Report(taken: 3, end: .time))
    }

    @Test func `what is settled is held no longer, and does not go back`() async throws {
        let drawer = Drawer(Self.ids)
        let report = try await Look(receiver: drawer, place: Self.place, limit: 20).run(until: SignalNotice()) {
            message in
            guard message.id != "m3" else { return false }
            try await drawer.complete(message.lock)
            return true
        }
        #expect(report == Look.Report(taken: 7, end: .empty))
        #expect(await drawer.free.map(\.id) == ["m3"])
        #expect(await drawer.completed.count == 6)
    }

    @Test func `who is about to have no delivery left is named, and who has none ends the look`() async throws {
        let near = Drawer(["a", "b"], deliveries: 8)
        let look = try await Look(receiver: near, place: Self.place, limit: 20).run(until: SignalNotice()) { _ in false
        }
        #expect(look == Look.Report(taken: 2, end: .empty, exhausted: ["a", "b"]))
        let last = Drawer(["a", "b"], deliveries: 9)
        let end = try await Look(receiver: last, place: Self.place, limit: 20).run(until: SignalNotice()) { _ in false }
        #expect(end == Look.Report(taken: 1, end: .lastDelivery))
        let dead = Drawer(["a", "b"], deliveries: 500)
        let all = try await Look(receiver: dead, place: Self.place.deadLetters, limit: 20)
            .run(until: SignalNotice()) { _ in false }
        #expect(all == Look.Report(taken: 2, end: .empty))
    }

    @Test func `Ctrl-C ends a question, before it and during it`() async throws {
        let notice = SignalNotice()
        // However often it is waited for in vain.
        for _ in 0..<100 {
            try await notice.ending { await Task.yield() }
            await #expect(throws: Failure("no")) { try await notice.ending { throw Failure("no") } }
        }
        await #expect(throws: CancellationError.self) {
            try await notice.ending {
                notice.notice()
                try await Task.sleep(for: .seconds(3600))
            }
        }
        await #expect(throws: CancellationError.self) {
            try await notice.ending { try await Task.sleep(for: .seconds(3600)) }
        }
        #expect(notice.isNoticed)
    }

    // MARK: Resubmitting

    private static func queue(dropsRepeats: Bool = true) -> StackQueue {
        StackQueue(
            name: "jobs",
            place: place,
            destination: "jobs",
            dropsRepeats: dropsRepeats,
            deadLetterQueues: [MessagePlace(path: "jobs-dead", maxDeliveries: 10, lockSeconds: 60)]
        )
    }

    private static func resubmission(
        dropsRepeats: Bool = true,
        ids: Set<String>? = nil,
        reason: String? = nil
    ) -> Resubmission {
        Resubmission(queue: queue(dropsRepeats: dropsRepeats), selection: .init(ids: ids, reason: reason))
    }

    @Test func `a copy is the message under a new id, without the reasons of its death`() {
        var dead = ReceivedMessage("m", deliveries: 3)
        dead.properties = ["deadletterreason": "r", "DeadLetterErrorDescription": "d", "Diagnostic-Id": "t", "x": "y"]
        let copy = Self.resubmission().copy(of: dead)
        #expect(copy.id == Resubmission.nextID(after: "m"))
        #expect(copy.id != "m")
        #expect(copy.properties == ["Diagnostic-Id": "t", "x": "y", "OriginalMessageId": "m"])
        #expect(copy.body == dead.body)
        #expect(copy.subject == "subject")
        #expect(copy.correlationID == "cause")
        #expect(copy.contentType == "text/plain")
        #expect(copy.scheduledAt == nil)
        // Who repeats it after a crash makes the same copy.
        #expect(Self.resubmission().copy(of: dead) == copy)

        var again = dead
        again.id = copy.id
        again.properties = copy.properties
        let second = Self.resubmission().copy(of: again)
        #expect(second.properties[Resubmission.originalID] == "m")
        #expect(Set([dead.id, copy.id, second.id]).count == 3)
        #expect(Self.resubmission(dropsRepeats: false).copy(of: dead).id == "m")
    }

    @Test func `only what is meant comes back, and nothing of another queue`() {
        var dead = ReceivedMessage("m", deliveries: 1)
        dead.properties = ["DeadLetterReason": "TooOld", "OriginalMessageId": "first"]
        #expect(Self.resubmission().takes(dead))
        #expect(Self.resubmission(ids: ["m", "n"]).takes(dead))
        #expect(Self.resubmission(ids: ["first"]).takes(dead))
        #expect(Self.resubmission(reason: "TooOld").takes(dead))
        #expect(!Self.resubmission(ids: ["n"]).takes(dead))
        #expect(!Self.resubmission(reason: "tooOld").takes(dead))
        #expect(!Self.resubmission(ids: ["m"], reason: "Other").takes(dead))
        dead.deadLetterSource = "Jobs"
        #expect(Self.resubmission().takes(dead))
        dead.deadLetterSource = "jobs-dead"
        #expect(Self.resubmission().takes(dead))
        dead.deadLetterSource = "other"
        #expect(!Self.resubmission().takes(dead))
    }

    @Test func `what fails again at once does not go round`() async throws {
        let drawer = Drawer(["a", Resubmission.nextID(after: "a")])
        let queue = InMemoryQueue(rules: .init(deduplication: .seconds(600)))
        var run = ResubmissionRun(Self.resubmission())
        let report = try await Look(receiver: drawer, place: Self.place, limit: 20).run(until: SignalNotice()) {
            try await run.take($0, from: drawer, to: queue)
        }
        #expect(report.taken == 2)
        #expect(run.sent.count == 1)
        #expect(queue.count == 1)
        #expect(await drawer.free.count == 1)
    }

    @Test func `after a crash between sending and removing, the queue has one`() async throws {
        let queue = InMemoryQueue(rules: .init(deduplication: .seconds(600)))
        for drawer in [Drawer(["a"], lost: ["a"]), Drawer(["a"])] {
            var run = ResubmissionRun(Self.resubmission())
            _ = try await Look(receiver: drawer, place: Self.place, limit: 20).run(until: SignalNotice()) {
                try await run.take($0, from: drawer, to: queue)
            }
            #expect(run.sent.count == 1)
        }
        #expect(queue.count == 1)
    }

    @Test func `what cannot be sent stays a dead letter`() async throws {
        let drawer = Drawer(["a", "b"])
        let full = InMemoryQueue(rules: .init(capacity: 1))
        var run = ResubmissionRun(Self.resubmission())
        await #expect(throws: MessagingError.self) {
            _ = try await Look(receiver: drawer, place: Self.place, limit: 20).run(until: SignalNotice()) {
                try await run.take($0, from: drawer, to: full)
            }
        }
        #expect(await drawer.completed == ["a"])
        #expect(await drawer.free.map(\.id) == ["b"])
    }
}

extension ReceivedMessage {
    fileprivate init(_ id: String, deliveries: Int) {
        self.init(
            id: id,
            subject: "subject",
            correlationID: "cause",
            contentType: "text/plain",
            body: [1, 2, 3],
            properties: [:],
            deliveryCount: deliveries,
            enqueuedAt: .distantPast,
            lockedUntil: .distantFuture,
            lock: MessageLock(token: id)
        )
    }
}
