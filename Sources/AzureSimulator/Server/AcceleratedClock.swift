#if canImport(FoundationEssentials)
package import struct FoundationEssentials.Date
#else
package import struct Foundation.Date
#endif

/// A clock that goes faster than time, for everybody who shares it: a minute passes in a moment.
package struct AcceleratedClock: Clock {
    package struct Instant: InstantProtocol {
        fileprivate let offset: Duration

        package func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
        package func duration(to other: Instant) -> Duration { other.offset - offset }
        package static func < (one: Instant, other: Instant) -> Bool { one.offset < other.offset }
    }

    /// How many seconds pass in one.
    package let speed: Double
    private let start = ContinuousClock.now
    private let startDate: Date

    /// Makes a clock that begins now.
    ///
    /// - Parameters:
    ///   - speed: How many seconds pass in one.
    ///   - date: The moment that it shows at first.
    package init(speed: Double, from date: Date = Date()) {
        self.speed = speed
        self.startDate = date
    }

    package var now: Instant { Instant(offset: start.duration(to: .now) * speed) }
    package var minimumResolution: Duration { .nanoseconds(1) }

    /// The moment that the clock shows.
    package var date: Date { startDate.addingTimeInterval(now.offset.inSeconds) }

    package func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        try await ContinuousClock().sleep(
            until: start + deadline.offset / speed,
            tolerance: tolerance.map { $0 / speed }
        )
    }
}
