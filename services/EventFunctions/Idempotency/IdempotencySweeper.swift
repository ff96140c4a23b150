import Logging
import ServiceLifecycle

/// Takes out what may be forgotten, every now and then.
struct IdempotencySweeper<Time: Clock<Duration>>: Service {
    let store: any IdempotencyStore
    let pause: Duration
    let clock: Time
    let logger: Logger

    init(
        _ store: any IdempotencyStore,
        every pause: Duration = .seconds(600),
        clock: Time = ContinuousClock(),
        logger: Logger
    ) {
        self.store = store
        self.pause = pause
        self.clock = clock
        self.logger = logger
    }

    func run() async throws {
        try? await cancelWhenGracefulShutdown {
            while true {
                try await clock.sleep(for: pause)
                await sweep()
            }
        }
    }

    private func sweep() async {
        do {
            try await store.sweep()
        } catch {
            logger.warning("outdated keys are still there", metadata: ["error": "\(error)"])
        }
    }
}
