import ServiceLifecycle
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Where notices are posted for everybody who serves users.
protocol NoticeBoard: Sendable {
    /// Posts a notice; readers of this process hear of it, and so do those of others where they share a board.
    func post(_ notice: Notice) async throws
}

/// Carries notices to the readers of this process, and stands for the board where there is only this process.
final class NoticeHub: NoticeBoard, Service {
    fileprivate struct Shared {
        var state: NoticeState
        var waiters: [Int: CheckedContinuation<NoticeNews, Never>] = [:]
    }

    private let limits: NoticeLog.Limits
    private let clock: any Clock<Duration>
    private let now: @Sendable () -> UInt64
    private let shared: Mutex<Shared>

    /// Prepares a hub.
    ///
    /// - Parameters:
    ///   - limits: How much is kept for those who were away.
    ///   - clock: Measures when quiet readers should hear that all is well.
    ///   - now: The milliseconds since 1970.
    init(
        limits: NoticeLog.Limits = NoticeLog.Limits(),
        clock: any Clock<Duration> = ContinuousClock(),
        now: @escaping @Sendable () -> UInt64 = { UInt64(max(0, Date().timeIntervalSince1970 * 1000)) }
    ) {
        self.limits = limits
        self.clock = clock
        self.now = now
        self.shared = Mutex(Shared(state: NoticeState(limits: limits)))
    }

    func post(_ notice: Notice) {
        let time = now()
        change(for: notice.user) { $0.append(notice, at: time) }
    }

    /// Takes a notice over from a board that many share.
    func take(_ notice: Notice, id: NoticeID) {
        change(for: notice.user) { $0.append(notice, id: id) }
    }

    /// Lets somebody read what a user is told; `nil` when there are too many readers.
    func follow(_ user: String, after id: NoticeID?) -> NoticeReader? {
        shared.withLock { $0.state.join(user, after: id) }
            .map { NoticeReader(of: self, number: $0.number, beginning: $0.position) }
    }

    /// Shows quiet readers signs of life until the service is told to stop, and then lets all readers go.
    func run() async throws {
        try? await cancelWhenGracefulShutdown {
            while true {
                try await self.clock.sleep(for: .seconds(15))
                let oldest = self.now() - min(self.now(), self.limits.milliseconds)
                self.changeAll { state in
                    state.forget(before: oldest)
                    state.nudge()
                }
            }
        }
        changeAll { $0.close() }
    }

    // MARK: Readers

    fileprivate func leave(_ number: Int) {
        shared.withLock { shared in
            shared.state.leave(number)
            shared.deliver(to: [number])
        }
    }

    fileprivate func news(for number: Int) async -> NoticeNews {
        await withCheckedContinuation { continuation in
            shared.withLock { shared in
                shared.waiters[number] = continuation
                shared.deliver(to: [number])
            }
        }
    }

    private func change(for user: String, _ change: (inout NoticeState) -> Void) {
        shared.withLock { shared in
            change(&shared.state)
            shared.deliver(to: shared.state.readers(of: user))
        }
    }

    private func changeAll(_ change: (inout NoticeState) -> Void) {
        shared.withLock { shared in
            change(&shared.state)
            shared.deliver(to: Set(shared.waiters.keys))
        }
    }
}

extension NoticeHub.Shared {
    /// Tells those of these who wait what there is to tell.
    fileprivate mutating func deliver(to numbers: Set<Int>) {
        for number in numbers where waiters[number] != nil {
            guard let news = state.news(for: number) else { continue }
            waiters.removeValue(forKey: number)?.resume(returning: news)
        }
    }
}

/// Somebody's place among the notices of a user; one that is let go has left.
final class NoticeReader: Sendable {
    private let hub: NoticeHub
    private let number: Int
    /// Where reading begins: whoever comes back with it misses nothing.
    let beginning: NoticeID

    fileprivate init(of hub: NoticeHub, number: Int, beginning: NoticeID) {
        self.hub = hub
        self.number = number
        self.beginning = beginning
    }

    deinit { leave() }

    /// The next news, as soon as there is any; one caller at a time.
    func next() async -> NoticeNews {
        await withTaskCancellationHandler {
            await hub.news(for: number)
        } onCancel: {
            leave()
        }
    }

    func leave() {
        hub.leave(number)
    }
}
