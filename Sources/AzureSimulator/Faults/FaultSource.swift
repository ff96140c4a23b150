import HTTPTypes

/// What goes wrong with one request.
enum Fault: Sendable, Hashable {
    case throttled(wait: Duration)
    case serverError(Int)
    case droppedBefore
    case droppedAfter
    case hang
}

/// Decides what goes wrong, the same way in every run with the same seed.
struct FaultSource: Sendable {
    var rates: FaultRates
    private var source: SeededSource
    private var stormRemaining = 0

    init(rates: FaultRates, seed: UInt64) {
        self.rates = rates
        self.source = SeededSource(seed: seed)
    }

    /// What happens to the next request.
    mutating func next() -> Fault? {
        let isStorm = source.happens(rates.throttling)
        let isError = source.happens(rates.serverErrors)
        let isBefore = source.happens(rates.dropsBefore)
        let isAfter = source.happens(rates.dropsAfter)
        let isHang = source.happens(rates.hangs)
        let kind = Int(source.next() % 3)
        if isStorm, stormRemaining == 0 { stormRemaining = max(rates.stormLength, 1) }
        if stormRemaining > 0 {
            stormRemaining -= 1
            return .throttled(wait: rates.stormWait)
        }
        if isError { return .serverError([500, 502, 503][kind]) }
        if isBefore { return .droppedBefore }
        if isAfter { return .droppedAfter }
        return isHang ? .hang : nil
    }

    /// How many times as long an operation takes.
    mutating func slowness() -> Double { source.happens(rates.slowOperations) ? rates.slowness : 1 }

    mutating func operationFails() -> Bool { source.happens(rates.failedOperations) }

    mutating func isStale() -> Bool { source.happens(rates.staleReads) }

    mutating func hidesPrincipal() -> Bool { source.happens(rates.principalWindows) }

    mutating func oddAddress() -> OperationAddress.Oddity {
        let isOdd = source.happens(rates.oddAddresses)
        let isRelative = source.happens(0.5)
        guard isOdd else { return .none }
        return isRelative ? .relative : .withoutVersion
    }
}
