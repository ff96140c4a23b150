/// All series of one name.
struct MetricFamily: Sendable {
    enum Kind: String, Sendable { case counter, gauge, histogram }

    let kind: Kind
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
}

/// Names as Prometheus takes them: letters, digits and underscores, not starting with a digit.
enum MetricName {
    static func name(_ label: String, unit: String? = nil) -> String {
        let name = sanitized(label)
        guard let unit, !name.hasSuffix("_\(unit)") else { return name }
        return "\(name)_\(unit)"
    }

    static func sanitized(_ text: String) -> String {
        let plain = String(text.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
        return plain.first?.isNumber == true ? "_\(plain)" : plain
    }
}

/// The labels that tell one series of a family from the others.
struct MetricLabels: Sendable, Hashable, Comparable {
    private let pairs: [String]

    init(_ dimensions: [(String, String)]) {
        self.pairs = dimensions.map { "\(MetricName.sanitized($0.0))=\"\(Self.escaped($0.1))\"" }
    }

    private init(pairs: [String]) {
        self.pairs = pairs
    }

    var text: String { pairs.isEmpty ? "" : "{\(pairs.joined(separator: ","))}" }

    func adding(_ bound: String?) -> MetricLabels {
        bound.map { MetricLabels(pairs: pairs + ["le=\"\($0)\""]) } ?? self
    }

    static func < (one: MetricLabels, other: MetricLabels) -> Bool {
        one.pairs.lexicographicallyPrecedes(other.pairs)
    }

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
