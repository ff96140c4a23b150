/// The chain of steps that decided how long it took: each began when the one before it ended.
struct CriticalPath<ID: Hashable & Comparable & Sendable> {
    struct Span: Sendable {
        let start: Duration
        let end: Duration
        /// What it waited for.
        let after: Set<ID>
        let lane: String?
    }

    /// Finds the chain that ends last, first step first.
    static func steps(_ spans: [ID: Span]) -> [ID] {
        let lanes = Dictionary(grouping: spans.filter { $0.value.lane != nil }) { $0.value.lane }
        var chain: [ID] = []
        var current = latest(spans.map { ($0.key, $0.value) })
        while let id = current, let span = spans[id], !chain.contains(id) {
            chain.append(id)
            let waited = span.after.compactMap { id in spans[id].map { (id, $0) } }
            // A step may have waited for its lane only.
            let before = (span.lane.flatMap { lanes[$0] } ?? []).filter { $0.key != id && $0.value.end <= span.start }
            current = latest(waited + before.map { ($0.key, $0.value) })
        }
        return chain.reversed()
    }

    private static func latest(_ spans: [(ID, Span)]) -> ID? {
        spans.max { ($0.1.end, $1.0) < ($1.1.end, $0.0) }?.0
    }
}
