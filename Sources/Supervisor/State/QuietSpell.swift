/// How long nothing has happened, as far as somebody knows who looks now and then.
struct QuietSpell: Sendable {
    let limit: Duration
    private var start: ContinuousClock.Instant?

    init(limit: Duration) {
        self.limit = limit
    }

    /// Takes note of one look, and says whether it has been quiet for the limit.
    mutating func isOver(isQuiet: Bool, at now: ContinuousClock.Instant) -> Bool {
        guard isQuiet else {
            start = nil
            return false
        }
        let start = start ?? now
        self.start = start
        return now - start >= limit
    }
}
