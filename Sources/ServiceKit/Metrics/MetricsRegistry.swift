public import CoreMetrics
import Synchronization
public import Telemetry

/// Keeps what a process counts and measures, and tells it in the text form of Prometheus.
///
/// Libraries and services record through swift-metrics and know nothing of this type. Names lose their dots, counters
/// end in `_total` and timers in `_seconds`, as Prometheus wants them.
/// Source: prometheus.io/docs/practices/naming
public final class MetricsRegistry: MetricsFactory {
    /// Series that are kept; one more is recorded into nothing, so that no client can fill the memory with labels.
    private static let seriesLimit = 2_000

    private struct State {
        var families: [String: MetricFamily] = [:]
        var count = 0
    }

    private let state = Mutex(State())

    public init() {}

    /// All that is known, as a scraper reads it: families sorted by name, series by labels.
    public var text: String {
        let families = state.withLock { $0.families }
        return families.sorted { $0.key < $1.key }.map { $0.value.text(name: $0.key) }.joined()
    }

    /// All that is known at this moment, under the names that the code gave it.
    public var readings: [MetricReading] {
        let families = state.withLock { $0.families }
        return families.sorted { $0.key < $1.key }.map(\.value.reading)
    }

    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        series(MetricName.name(label, unit: "total"), label, dimensions, .counter) { CounterSeries() }
    }

    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        series(MetricName.name(label), label, dimensions, .gauge) { GaugeSeries() }
    }

    public func makeRecorder(
        label: String,
        dimensions: [(String, String)],
        aggregate: Bool
    ) -> any RecorderHandler {
        guard aggregate else { return series(MetricName.name(label), label, dimensions, .gauge) { GaugeSeries() } }
        return series(MetricName.name(label), label, dimensions, .histogram) { HistogramSeries(bounds: .sizes) }
    }

    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        series(MetricName.name(label, unit: "seconds"), label, unit: "s", dimensions, .histogram) {
            HistogramSeries(bounds: .seconds)
        }
    }

    // Whoever holds a handler may drop it; what was counted stays true.
    public func destroyCounter(_ handler: any CounterHandler) {}
    public func destroyMeter(_ handler: any MeterHandler) {}
    public func destroyRecorder(_ handler: any RecorderHandler) {}
    public func destroyTimer(_ handler: any TimerHandler) {}

    /// The series of these labels, made where there is none.
    private func series<Series: MetricSeries>(
        _ name: String,
        _ label: String,
        unit: String = "1",
        _ dimensions: [(String, String)],
        _ kind: MetricFamily.Kind,
        make: () -> Series
    ) -> Series {
        let labels = MetricLabels(dimensions)
        return state.withLock { state in
            var family = state.families[name] ?? MetricFamily(kind: kind, label: label, unit: unit)
            if let known = family.series[labels] as? Series { return known }
            let series = make()
            // One name of two kinds would be two families; the first one keeps it.
            guard family.kind == kind, state.count < Self.seriesLimit else { return series }
            family.series[labels] = series
            state.families[name] = family
            state.count += 1
            return series
        }
    }
}
