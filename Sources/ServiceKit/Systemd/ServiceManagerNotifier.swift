import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle

/// Tells the manager that started this process when it is ready, that it is alive, and when it stops.
///
/// It stands last in its group: the last part is the first to hear of a shutdown.
struct ServiceManagerNotifier: Service {
    let request: ServiceManagerRequest
    /// What must be usable before the process is.
    let parts: [Readiness]
    let logger: Logger
    var clock: any Clock<Duration> = ContinuousClock()

    func run() async throws {
        // Being told to stop ends the waits and is no failure.
        try? await cancelWhenGracefulShutdown {
            for part in parts { await part.wait() }
            try Task.checkCancellation()
            tell(.ready)
            guard let watchdog = request.watchdog else { return try await gracefulShutdown() }
            while true {
                try await proveLife()
                tell(.alive)
                // Half the time leaves room for one sign of life to come late.
                try await clock.sleep(for: watchdog / 2)
            }
        }
        tell(.stopping)
    }

    /// Waits until every event loop has done one more piece of work, which a loop that hangs never does.
    private func proveLife() async throws {
        for loop in MultiThreadedEventLoopGroup.singleton.makeIterator() {
            try await loop.submit {}.get()
        }
    }

    private func tell(_ news: News) {
        guard !PlatformSockets.send(Array(news.rawValue.utf8), to: request.address) else { return }
        logger.warning("the service manager does not listen", metadata: ["news": "\(news.rawValue)"])
    }

    private enum News: String {
        case ready = "READY=1"
        case alive = "WATCHDOG=1"
        case stopping = "STOPPING=1"
    }
}

extension ServiceManagerNotifier {
    /// The notifier of this process; `nil` where no manager asks for news.
    init?(for services: [any Service], logger: Logger) {
        let environment = ProcessEnvironment()
        let request = ServiceManagerRequest(processID: environment.processID, variable: environment.value(of:))
        guard let request else { return nil }
        let parts = services.compactMap { ($0 as? any ReportingReadiness)?.readiness }
        self.init(request: request, parts: parts, logger: logger)
    }
}
