/// What is measured under one name.
public struct MetricReading: Sendable, Hashable {
    /// The name that the code gave it: `http.server.request.duration`.
    public let name: String
    /// The unit in the spelling of UCUM: `s`, `1`.
    public let unit: String
    public let points: [MetricPoint]

    public init(name: String, unit: String, points: [MetricPoint]) {
        self.name = name
        self.unit = unit
        self.points = points
    }
}

/// What is measured under one name and one set of labels.
public struct MetricPoint: Sendable, Hashable {
    public let labels: [MetricLabel]
    public let value: MetricValue

    public init(labels: [MetricLabel], value: MetricValue) {
        self.labels = labels
        self.value = value
    }
}

/// One fact that tells a series from the others of its name.
public struct MetricLabel: Sendable, Hashable {
    public let name: String
    public let value: String

    public init(name: String, value: String) {
        self.name = name
        self.value = value
    }
}

/// A measurement at one moment, counted from the start of the process.
public enum MetricValue: Sendable, Hashable {
    /// Something that only grows.
    case count(Int64)
    case gauge(Double)
    case histogram(Distribution)

    /// How often values fell into each of some ranges.
    public struct Distribution: Sendable, Hashable {
        /// The upper ends of the ranges, rising.
        public let bounds: [Double]
        /// How many fell into each range, the one above all bounds included.
        public let counts: [Int]
        public let sum: Double

        public init(bounds: [Double], counts: [Int], sum: Double) {
            self.bounds = bounds
            self.counts = counts
            self.sum = sum
        }
    }
}
