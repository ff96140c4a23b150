import Logging
import ServiceLifecycle
import TestInstruments
import Testing

@testable import ServiceKit

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

struct ServiceManagerNotifierTests {
    @Test(arguments: [false, true])
    func `the manager hears of readiness, of life at half the time, and of the end`(isAbstract: Bool) async throws {
        let name = (isAbstract ? "@" : FileManager.default.temporaryDirectory.path + "/") + "\(UUID())"
        let manager = try NewsSocket(name)
        defer {
            manager.close()
            try? FileManager.default.removeItem(atPath: name)
        }
        let clock = TestClock()
        let readiness = [Readiness(), Readiness()]
        let notifier = ServiceManagerNotifier(
            request: try #require(
                ServiceManagerRequest(processID: 1) { ["NOTIFY_SOCKET": name, "WATCHDOG_USEC": "30000000"][$0] }
            ),
            parts: readiness,
            logger: Logger(label: "test"),
            clock: clock
        )
        let group = ServiceGroup(services: [notifier], logger: Logger(label: "test"))
        try await withThrowingTaskGroup { tasks in
            tasks.addTask { try await group.run() }
            readiness[1].report()
            readiness[0].report()
            readiness[0].report()
            #expect(await manager.next() == "READY=1")
            for _ in 0..<3 {
                #expect(await manager.next() == "WATCHDOG=1")
                await clock.waitForSleeper(of: .seconds(15))
                clock.advance(by: .seconds(15))
            }
            #expect(await manager.next() == "WATCHDOG=1")
            await group.triggerGracefulShutdown()
            #expect(await manager.next() == "STOPPING=1")
            try await tasks.waitForAll()
        }
    }

    @Test func `who is stopped before it was ready never says that it is`() async throws {
        let name = "@\(UUID())"
        let news = try NewsSocket(name)
        defer { news.close() }
        let notifier = ServiceManagerNotifier(
            request: try #require(ServiceManagerRequest(processID: 1) { ["NOTIFY_SOCKET": name][$0] }),
            parts: [Readiness()],
            logger: Logger(label: "test")
        )
        let group = ServiceGroup(services: [notifier], logger: Logger(label: "test"))
        try await withThrowingTaskGroup { tasks in
            tasks.addTask { try await group.run() }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
        #expect(await news.next() == "STOPPING=1")
    }
}
