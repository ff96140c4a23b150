/// The stretch of time that measurements are about, in nanoseconds since 1970.
struct MeasuredTime: Sendable, Hashable {
    let start: UInt64
    let now: UInt64
}

extension MetricReading {
    /// The metric as OTLP spells it; `nil` where it has no points.
    ///
    /// Source: `Metric` of github.com/open-telemetry/opentelemetry-proto, metrics.proto
    func protobuf(_ time: MeasuredTime) -> [UInt8]? {
        guard let first = points.first else { return nil }
        var metric = ProtobufWriter()
        metric.text(1, name)
        metric.text(3, unit)
        metric.message(first.value.field) { data in
            for point in points { data.message(1) { point.write(to: &$0, time) } }
            switch first.value {
            case .count:
                data.integer(2, Self.cumulative)
                data.flag(3, true)
            case .gauge: break
            case .histogram: data.integer(2, Self.cumulative)
            }
        }
        return metric.bytes
    }

    /// Values are counted from the start of the process, so that one that is lost loses nothing.
    private static let cumulative: Int64 = 2
}

extension MetricValue {
    /// The field of a metric that holds values of this kind: `sum`, `gauge` or `histogram`.
    fileprivate var field: UInt64 {
        switch self {
        case .gauge: 5
        case .count: 7
        case .histogram: 9
        }
    }
}

extension MetricPoint {
    /// The point as `NumberDataPoint` or `HistogramDataPoint`.
    fileprivate func write(to point: inout ProtobufWriter, _ time: MeasuredTime) {
        point.fixed64(2, time.start)
        point.fixed64(3, time.now)
        let facts = labels.map { ($0.name, $0.value) }
        switch value {
        case .count(let count):
            point.fixed64(6, UInt64(bitPattern: count))
            point.attributes(7, facts)
        case .gauge(let value):
            point.double(4, value)
            point.attributes(7, facts)
        case .histogram(let distribution):
            point.fixed64(4, UInt64(distribution.counts.reduce(0, +)))
            point.double(5, distribution.sum)
            point.packed(6, distribution.counts.map { UInt64($0) })
            point.packed(7, distribution.bounds.map(\.bitPattern))
            point.attributes(9, facts)
        }
    }
}
