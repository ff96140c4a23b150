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

/// Takes messages when requests leave room for them.
///
/// One process answers requests and handles messages. While many requests come at once they go first: a message that
/// waits is on disk, and behind a request that waits there is somebody waiting. A message waits no longer than
/// ``patience`` for its turn, so that handling goes on under any load.
struct CourteousReceiver: MessageReceiver {
    /// Requests at the same time from which on messages wait; an idle client has one.
    static let threshold = 8
    static let patience = Duration.milliseconds(200)
    private static let step = Duration.milliseconds(20)

    let receiver: any MessageReceiver
    let load: RequestLoad
    var clock: any Clock<Duration> = ContinuousClock()

    func receive(waitingAtMost wait: Duration) async throws -> ReceivedMessage? {
        var waited = Duration.zero
        while load.current >= Self.threshold, waited < Self.patience {
            try await clock.sleep(for: Self.step)
            waited += Self.step
        }
        return try await receiver.receive(waitingAtMost: wait)
    }

    func complete(_ lock: MessageLock) async throws { try await receiver.complete(lock) }
    func abandon(_ lock: MessageLock) async throws { try await receiver.abandon(lock) }
    func renew(_ lock: MessageLock) async throws { try await receiver.renew(lock) }
}
