import Telemetry

/// All series of one name.
struct MetricFamily: Sendable {
    enum Kind: String, Sendable { case counter, gauge, histogram }

    let kind: Kind
    /// The name that the code gave it: `http.server.request.duration`.
    let label: String
    /// The unit in the spelling of UCUM.
    let unit: String
    var series: [MetricLabels: any MetricSeries] = [:]

    /// The family in the text form.
    ///
    /// Source: prometheus.io/docs/instrumenting/exposition_formats
    func text(name: String) -> String {
        let lines = series.sorted { $0.key < $1.key }.flatMap { labels, series in
            series.samples.map { sample in
                "\(name)\(sample.suffix)\(labels.adding(sample.bound).text) \(sample.value)\n"
            }
        }
        return "# TYPE \(name) \(kind.rawValue)\n" + lines.joined()
    }

    /// The family as it is at this moment.
    var reading: MetricReading {
        MetricReading(
            name: label,
            unit: unit,
            points: series.map { MetricPoint(labels: $0.key.labels, value: $0.value.value) }
        )
    }
}

/// One line of a series.
struct MetricSample: Sendable, Hashable {
    var suffix = ""
    /// The upper end of a histogram's bucket.
    var bound: String?
    let value: String
}

/// Something that is counted or measured under one set of labels.
protocol MetricSeries: AnyObject, Sendable {
    var samples: [MetricSample] { get }
    var value: MetricValue { get }
}

/// Names as Prometheus takes them: letters, digits and underscores, not starting with a digit.
enum MetricName {
    static func name(_ label: String, unit: String? = nil) -> String {
        let name = sanitized(label)
        guard let unit, !name.hasSuffix("_\(unit)") else { return name }
        return "\(name)_\(unit)"
    }

    /// The text with an underscore for each character that Prometheus does not take.
    static func sanitized(_ text: String) -> String {
        // By bytes: every request names its metrics, and Unicode's tables of letters would cost it more than they do.
        let plain = text.utf8.lazy.filter { !isContinuation($0) }.map { isTaken($0) ? $0 : UInt8(ascii: "_") }
        let name = String(decoding: plain, as: UTF8.self)
        guard let first = name.utf8.first, isDigit(first) else { return name }
        return "_\(name)"
    }

    private static func isTaken(_ byte: UInt8) -> Bool {
        isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    /// Whether a byte goes on with a character of several bytes (RFC 3629, section 3).
    private static func isContinuation(_ byte: UInt8) -> Bool { byte & 0xC0 == 0x80 }
}

/// The labels that tell one series of a family from the others.
struct MetricLabels: Sendable, Hashable, Comparable {
    let labels: [MetricLabel]

    init(_ dimensions: [(String, String)]) {
        self.labels = dimensions.map { MetricLabel(name: $0.0, value: $0.1) }
    }

    private init(labels: [MetricLabel]) {
        self.labels = labels
    }

    var text: String { labels.isEmpty ? "" : "{\(labels.map(\.text).joined(separator: ","))}" }

    func adding(_ bound: String?) -> MetricLabels {
        bound.map { MetricLabels(labels: labels + [MetricLabel(name: "le", value: $0)]) } ?? self
    }

    static func < (one: MetricLabels, other: MetricLabels) -> Bool {
        one.labels.lexicographicallyPrecedes(other.labels) { ($0.name, $0.value) < ($1.name, $1.value) }
    }
}

extension MetricLabel {
    /// The label in Prometheus' text form.
    fileprivate var text: String { "\(MetricName.sanitized(name))=\"\(Self.escaped(value))\"" }

    private static func escaped(_ text: String) -> String {
        text.reduce(into: "") { result, character in
            switch character {
            case "\\": result += "\\\\"
            case "\"": result += "\\\""
            case "\n", "\r\n": result += "\\n"
            default: result.append(character)
            }
        }
    }
}
