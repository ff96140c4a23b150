/// Due times where clocks are put forward and back.
///
/// An expression that names hours means times of the day. Each is due once: a time that the clock leaves out at the
/// next minute that exists, a time that it shows twice when it shows it first. In short, it is due as soon as the clock
/// has shown it or a later time.
///
/// An expression for every hour, such as `*/15 * * * *`, means an interval. It is due whenever the clock shows a time
/// that matches: it goes on through an hour that is repeated, and makes up for nothing after one that was left out.
/// This is how Vixie cron (man7.org/linux/man-pages/man8/cron.8.html) tells the two apart, by the hour alone.
extension CronExpression {
    /// The first due time after a moment, both in seconds since 1970.
    ///
    /// - Returns: `nil` when it is due no more; no expression is without end, but clocks may be.
    public func next(after moment: Int, in zone: ZoneRules) -> Int? {
        guard isHourly else {
            return nextMatch(after: zone.latestClock(upTo: moment)).map { zone.firstMoment(reaching: $0) }
        }
        var period = zone.period(at: moment)
        var clock = moment + period.offset
        while let match = nextMatch(after: clock) {
            if match - period.offset < period.end { return match - period.offset }
            period = zone.period(at: period.end)
            clock = period.start + period.offset - 1
        }
        return nil
    }

    /// The last due time that is not after a moment, both in seconds since 1970.
    public func previous(upTo moment: Int, in zone: ZoneRules) -> Int? {
        guard isHourly else {
            return previousMatch(upTo: zone.latestClock(upTo: moment)).map { zone.firstMoment(reaching: $0) }
        }
        var period = zone.period(at: moment)
        var latest = moment
        while let match = previousMatch(upTo: latest + period.offset) {
            if match - period.offset >= period.start { return match - period.offset }
            latest = period.start - 1
            period = zone.period(at: latest)
        }
        return nil
    }
}
