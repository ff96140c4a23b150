import Hummingbird
import Messaging
import ServiceKit
import Synchronization

/// How many requests are being answered.
final class RequestLoad: Sendable {
    private let count = Atomic<Int>(0)

    var current: Int { count.load(ordering: .relaxed) }

    func entered() { count.add(1, ordering: .relaxed) }
    func left() { count.subtract(1, ordering: .relaxed) }
}

/// Counts the requests that are being answered.
struct RequestLoadMiddleware: RouterMiddleware {
    let load: RequestLoad

    func handle(
        _ request: Request,
        context: ServiceContext,
        next: @concurrent (Request, ServiceContext) async throws -> Response
    ) async throws -> Response {
        load.entered()
        defer { load.left() }
        return try await next(request, context)
    }
}

/// Takes messages one after the other while many requests are being answered.
///
/// One process answers requests and handles messages. While many requests come at once they go first: a message that
/// waits is on disk, and behind a request that waits there is somebody waiting. So messages come in single file then, and
/// not in bursts that every request would feel; they never stop coming.
struct CourteousReceiver: MessageReceiver {
    /// Requests at the same time from which on messages come in single file; an idle client has one.
    static let threshold = 8
    /// The distance between two messages then.
    static let distance = Duration.milliseconds(10)

    private let receiver: any MessageReceiver
    private let load: RequestLoad
    private let clock: any Clock<Duration>
    private let turns = Turns()
    private let elapsed: @Sendable () -> Duration

    init<Time: Clock<Duration>>(_ receiver: any MessageReceiver, load: RequestLoad, clock: Time = ContinuousClock()) {
        let start = clock.now
        self.receiver = receiver
        self.load = load
        self.clock = clock
        self.elapsed = { start.duration(to: clock.now) }
    }

    func receive(waitingAtMost wait: Duration) async throws -> ReceivedMessage? {
        if load.current >= Self.threshold {
            let pause = turns.pause(at: elapsed(), distance: Self.distance)
            if pause > .zero { try await clock.sleep(for: pause) }
        }
        return try await receiver.receive(waitingAtMost: wait)
    }

    func complete(_ lock: MessageLock) async throws { try await receiver.complete(lock) }
    func abandon(_ lock: MessageLock) async throws { try await receiver.abandon(lock) }
    func renew(_ lock: MessageLock) async throws { try await receiver.renew(lock) }

    /// Gives everybody who comes a turn of his own.
    private final class Turns: Sendable {
        private let next = Mutex(Duration.zero)

        /// How long it is to the turn.
        func pause(at now: Duration, distance: Duration) -> Duration {
            next.withLock { next in
                let turn = max(now, next)
                next = turn + distance
                return turn - now
            }
        }
    }
}
