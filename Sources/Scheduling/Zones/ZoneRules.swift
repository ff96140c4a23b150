/// How far the clocks of a time zone are from UTC, and when they are changed.
public struct ZoneRules: Sendable, Hashable {
    /// A time during which clocks keep their distance from UTC.
    struct Period: Hashable {
        /// The first second that belongs to it, counted from 1970.
        var start: Int
        /// The first second that does not.
        var end: Int
        /// Seconds that clocks are ahead of UTC.
        var offset: Int
    }

    /// One change of the clocks.
    struct Change: Hashable, Sendable {
        var moment: Int
        var offset: Int
    }

    /// The distance before the first change.
    let initialOffset: Int
    /// Changes that are known one by one, oldest first.
    let changes: [Change]
    /// What happens after them, year after year.
    let yearly: YearlyRule?

    /// No clock is further from UTC than this, in seconds.
    ///
    /// Source: RFC 8536, section 3.2.
    static let largestOffset = 26 * 3600

    public static let utc = ZoneRules(initialOffset: 0)

    init(initialOffset: Int, changes: [Change] = [], yearly: YearlyRule? = nil) {
        self.initialOffset = initialOffset
        self.changes = changes
        self.yearly = yearly
    }

    func period(at moment: Int) -> Period {
        // The first change after the moment.
        var (low, high) = (0, changes.count)
        while low < high {
            let middle = (low + high) / 2
            if changes[middle].moment <= moment { low = middle + 1 } else { high = middle }
        }
        var period = Period(start: .min, end: .max, offset: initialOffset)
        if low > 0 { (period.start, period.offset) = (changes[low - 1].moment, changes[low - 1].offset) }
        if low < changes.count {
            period.end = changes[low].moment
        } else if let yearly {
            return yearly.period(at: moment, after: period)
        }
        return period
    }

    /// The latest time that clocks have shown until a moment; later than the moment's own after they were put back.
    func latestClock(upTo moment: Int) -> Int {
        var period = period(at: moment)
        var latest = moment + period.offset
        while period.start > moment - 2 * Self.largestOffset {
            period = self.period(at: period.start - 1)
            latest = max(latest, period.end + period.offset - 1)
        }
        return latest
    }

    /// The first moment at which clocks show this time or a later one.
    func firstMoment(reaching clock: Int) -> Int {
        let earliest = clock - Self.largestOffset
        var period = period(at: earliest)
        while max(clock - period.offset, period.start) >= period.end { period = self.period(at: period.end) }
        return max(clock - period.offset, period.start)
    }
}
