import ChatResponding
import Contracts
import Crypto
import FunctionHost
import Hummingbird
import Logging
import Messaging
import ServiceKit
import ServiceLifecycle
import Settings
import WebFormats

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Everything that schedules need of the function app.
struct ScheduleFunctions: Sendable {
    private let api: ScheduleAPI
    private let fire: FireSchedule
    private let sweep: SweepSchedules

    /// Puts the parts together.
    ///
    /// - Parameters:
    ///   - store: Where schedules are kept.
    ///   - queue: Where events go, and the messages that wake us; it must deduplicate.
    ///   - missed: What happens to due times that passed while nothing ran.
    ///   - limit: How many schedules a user may have.
    ///   - zones: Where time zones come from.
    ///   - logger: The log.
    ///   - now: Tells the time.
    ///   - identify: The id for what a request makes.
    init(
        store: any ScheduleStore,
        queue: any MessageSender,
        missed: MissedTimes = .last,
        limit: Int = 100,
        zones: TimeZones = .system,
        logger: Logger,
        now: @escaping @Sendable () -> Date = { Date() },
        identify: @escaping @Sendable (Request, _ user: String) throws -> String = { _, _ in RandomIdentifier.next() }
    ) {
        api = ScheduleAPI(store: store, queue: queue, zones: zones, limit: limit, now: now, identify: identify)
        fire = FireSchedule(store: store, queue: queue, zones: zones, missed: missed, logger: logger, now: now)
        sweep = SweepSchedules(store: store, queue: queue, logger: logger, now: now)
    }

    /// The HTTP functions, and the timer.
    var all: [HostedFunction] {
        [
            .http(EventSettings.createSchedule) { request, context in
                try await context.withStores { try await api.create(request, context: context) }
            },
            .http(EventSettings.listSchedules) { request, context in
                try await context.withStores { try await api.list(request, context: context) }
            },
            .http(EventSettings.getSchedule) { request, context in
                try await context.withStores { try await api.get(request, context: context) }
            },
            .http(EventSettings.deleteSchedule) { request, context in
                try await context.withStores { try await api.delete(request, context: context) }
            },
            .timer(EventSettings.sweepSchedules) { try await sweep.sweep() },
        ]
    }

    /// Looks for neglected schedules when the process starts.
    var startupSweep: any Service { StartupSweep(sweep: sweep) }

    /// Handles a message of the queue whose subject is ``DueMessage/subject``.
    func handle(_ message: ReceivedMessage) async throws { try await fire.handle(message) }

    /// The same id for a repeated request, so that the store finds the schedule of the first.
    private static func identifier(for request: Request, of user: String) throws -> String {
        guard let key = try IdempotencyKey(of: request, for: .schedule) else { return RandomIdentifier.next() }
        return SHA256.hash(data: Array("\(user.utf8.count):\(user)\(key.text)".utf8)).prefix(16).hexadecimal
    }
}

extension ScheduleFunctions {
    /// Puts the parts together as the settings say.
    ///
    /// - Throws: `SettingsError` where a setting has no meaning.
    init(
        _ settings: SettingsReader,
        store: any ScheduleStore,
        queue: any MessageSender,
        logger: Logger
    ) throws {
        var missed = MissedTimes.last
        if let text = settings.value(of: EventSettings.missedSchedules) {
            guard let given = MissedTimes(rawValue: text) else {
                let names = MissedTimes.allCases.map(\.rawValue).joined(separator: ", ")
                throw SettingsError.invalid(name: EventSettings.missedSchedules.name, expected: "one of \(names)")
            }
            missed = given
        }
        let limit = try settings.integer(EventSettings.schedulesPerUser, in: 1...10_000) ?? 100
        self.init(store: store, queue: queue, missed: missed, limit: limit, logger: logger, identify: Self.identifier)
    }
}
