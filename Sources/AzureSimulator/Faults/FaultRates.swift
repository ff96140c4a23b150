/// How often things go wrong that are nobody's fault; each rate is a probability between 0 and 1.
package struct FaultRates: Sendable, Hashable {
    /// A storm of 429 begins, and lasts.
    package var throttling = 0.0
    /// How many requests a storm turns away.
    package var stormLength = 5
    /// How long clients are told to wait.
    package var stormWait = Duration.seconds(5)
    /// 500, 502 or 503.
    package var serverErrors = 0.0
    /// The connection closes before anything is done.
    package var dropsBefore = 0.0
    /// The connection closes after the request has had its effect.
    package var dropsAfter = 0.0
    /// No answer ever comes; the request has no effect.
    package var hangs = 0.0
    /// A long operation takes ``slowness`` times as long.
    package var slowOperations = 0.0
    package var slowness = 10.0
    /// A long operation ends with a failure.
    package var failedOperations = 0.0
    /// A new resource is not found for ``staleTime``.
    package var staleReads = 0.0
    package var staleTime = Duration.seconds(3)
    /// A fresh identity is unknown to role assignments for ``principalTime``, even when these say what it is.
    package var principalWindows = 0.0
    package var principalTime = Duration.seconds(30)
    /// The address of an operation is relative, or without its version.
    package var oddAddresses = 0.0

    package init() {}

    package static let none = FaultRates()

    /// Days on which everything goes wrong that passes by itself; which of it and how often follows from the seed.
    ///
    /// - Parameter seed: The same seed makes the same day.
    /// - Returns: How often what goes wrong.
    package static func day(_ seed: UInt64) -> FaultRates {
        var source = SeededSource(seed: seed ^ 0x6461_7973)
        func upTo(_ highest: Double) -> Double { Double(source.next() % 1_000) / 1_000 * highest }
        var rates = FaultRates()
        rates.throttling = upTo(0.02)
        rates.serverErrors = upTo(0.05)
        rates.dropsBefore = upTo(0.03)
        rates.dropsAfter = upTo(0.03)
        rates.hangs = upTo(0.003)
        rates.slowOperations = upTo(0.2)
        rates.slowness = 1 + upTo(3)
        rates.staleReads = upTo(0.2)
        rates.principalWindows = upTo(1)
        rates.oddAddresses = upTo(1)
        return rates
    }
}
