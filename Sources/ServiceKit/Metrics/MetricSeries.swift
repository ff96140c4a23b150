import CoreMetrics
import Synchronization
import Telemetry

/// A number that only grows.
final class CounterSeries: MetricSeries, CounterHandler {
    private let count = Atomic<Int64>(0)

    func increment(by amount: Int64) { count.wrappingAdd(amount, ordering: .relaxed) }
    func reset() { count.store(0, ordering: .relaxed) }

    var samples: [MetricSample] { [MetricSample(value: String(count.load(ordering: .relaxed)))] }
    var value: MetricValue { .count(count.load(ordering: .relaxed)) }
}

/// A number that is what it was set to last.
final class GaugeSeries: MetricSeries, MeterHandler, RecorderHandler {
    private let level = Mutex(0.0)

    func set(_ value: Int64) { level.withLock { $0 = Double(value) } }
    func set(_ value: Double) { level.withLock { $0 = value } }
    func increment(by amount: Double) { level.withLock { $0 += amount } }
    func decrement(by amount: Double) { level.withLock { $0 -= amount } }
    func record(_ value: Int64) { set(value) }
    func record(_ value: Double) { set(value) }

    var samples: [MetricSample] { [MetricSample(value: String(level.withLock { $0 }))] }
    var value: MetricValue { .gauge(level.withLock { $0 }) }
}

/// How often values fell below each of some bounds.
final class HistogramSeries: MetricSeries, TimerHandler, RecorderHandler {
    /// The upper ends of buckets, rising.
    struct Bounds: Sendable {
        let values: [Double]

        /// From a fast answer to one that a model takes a minute for.
        static let seconds = Bounds(values: [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60])
        /// Counts and sizes by powers of four, from 1 to 67,108,864: what is recommended for tokens.
        ///
        /// Source: opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-metrics, `gen_ai.client.token.usage`
        static let sizes = Bounds(values: (0...13).map { Double(1 << (2 * $0)) })
    }

    private struct State {
        var counts: [Int]
        var sum = 0.0
        var total = 0
    }

    private let bounds: [Double]
    private let state: Mutex<State>

    init(bounds: Bounds) {
        self.bounds = bounds.values
        self.state = Mutex(State(counts: bounds.values.map { _ in 0 }))
    }

    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }
    func record(_ value: Int64) { record(Double(value)) }

    func record(_ value: Double) {
        let bucket = bounds.firstIndex { value <= $0 }
        state.withLock { state in
            if let bucket { state.counts[bucket] += 1 }
            state.sum += value
            state.total += 1
        }
    }

    var samples: [MetricSample] {
        let state = state.withLock { $0 }
        var below = 0
        let buckets = zip(bounds, state.counts).map { bound, count in
            below += count
            return MetricSample(suffix: "_bucket", bound: String(bound), value: String(below))
        }
        return buckets + [
            MetricSample(suffix: "_bucket", bound: "+Inf", value: String(state.total)),
            MetricSample(suffix: "_sum", value: String(state.sum)),
            MetricSample(suffix: "_count", value: String(state.total)),
        ]
    }

    var value: MetricValue {
        let state = state.withLock { $0 }
        let above = state.total - state.counts.reduce(0, +)
        return .histogram(.init(bounds: bounds, counts: state.counts + [above], sum: state.sum))
    }
}
