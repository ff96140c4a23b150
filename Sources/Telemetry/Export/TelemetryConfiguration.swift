public import Settings
import WebFormats

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What the settings say about traces and metrics.
public struct TelemetryConfiguration: Sendable {
    /// Where traces go; `nil` where they are not wanted.
    var tracesURL: String?
    /// Where metrics go; `nil` where they are not wanted.
    var metricsURL: String?
    var headers: [(name: String, value: SecretValue)] = []
    var sampler = Sampler.standard
    var resource: Resource
    /// What the settings ask for and does not exist; by the specification it is told and passed over.
    public private(set) var warnings: [String] = []

    /// The only form that is spoken here.
    private static let format = "http/protobuf"

    /// A setting that cannot be used.
    public struct Invalid: Error, Sendable, Hashable {
        public let name: String
        /// What would be right, as the end of a sentence.
        public let expected: String
    }

    /// Reads the settings; without an endpoint there is nowhere to send anything.
    ///
    /// - Parameters:
    ///   - service: The name of the service, where the settings give it no other.
    ///   - version: The version of the service.
    ///   - value: The value of a setting.
    ///   - secret: The value of a setting that holds a key.
    /// - Throws: ``Invalid`` for an address or headers that cannot be used.
    public init(
        service: String,
        version: String,
        value: (Setting<String>) -> String?,
        secret: (SecretSetting<String>) -> SecretValue?
    ) throws(Invalid) {
        let pairs = try Self.pairs(
            value(TelemetrySettings.resourceAttributes),
            of: TelemetrySettings.resourceAttributes.name
        )
        var facts = Dictionary(pairs.map { ($0.name, $0.value) }) { _, last in last }
        facts["service.name"] = value(TelemetrySettings.serviceName) ?? facts["service.name"] ?? service
        facts["service.version"] = facts["service.version"] ?? version
        facts["service.instance.id"] = facts["service.instance.id"] ?? RandomDigits.hexadecimal(groups: 2)
        facts["telemetry.sdk.name"] = Resource.scope
        facts["telemetry.sdk.language"] = "swift"
        facts["telemetry.sdk.version"] = version
        resource = Resource(facts)
        guard value(TelemetrySettings.isDisabled)?.lowercased() != "true" else { return }
        if let format = value(TelemetrySettings.format), format != Self.format {
            warnings.append(
                "\(TelemetrySettings.format.name) is \(format); only \(Self.format) is spoken, nothing is sent"
            )
            return
        }
        tracesURL = try Self.address(TelemetrySettings.tracesEndpoint, "/v1/traces", value)
        metricsURL = try Self.address(TelemetrySettings.metricsEndpoint, "/v1/metrics", value)
        if value(TelemetrySettings.tracesExporter) == "none" { tracesURL = nil }
        if value(TelemetrySettings.metricsExporter) == "none" { metricsURL = nil }
        headers = try Self.pairs(secret(TelemetrySettings.headers)?.unsafeRevealed, of: TelemetrySettings.headers.name)
            .map { ($0.name, SecretValue($0.value)) }
        if let name = value(TelemetrySettings.sampler) {
            if let known = Sampler(name: name, argument: value(TelemetrySettings.samplerArgument)) {
                sampler = known
            } else {
                warnings.append("\(TelemetrySettings.sampler.name) or its argument is unknown; everything is recorded")
            }
        }
    }

    /// Whether anything is to be sent.
    public var isWanted: Bool { tracesURL != nil || metricsURL != nil }

    /// The address for one signal: its own as it is, or a path below the common one.
    ///
    /// Source: opentelemetry.io/docs/specs/otel/protocol/exporter/#endpoint-urls-for-otlphttp
    private static func address(
        _ own: Setting<String>,
        _ path: String,
        _ value: (Setting<String>) -> String?
    ) throws(Invalid) -> String? {
        let setting = value(own) == nil ? TelemetrySettings.endpoint : own
        guard let text = value(setting) else { return nil }
        guard let parts = URLComponents(string: text), parts.scheme == "http" || parts.scheme == "https",
            parts.host?.isEmpty == false, parts.user == nil, parts.query == nil, parts.fragment == nil
        else {
            throw Invalid(
                name: setting.name,
                expected: "the http or https address of an OpenTelemetry collector, such as http://localhost:4318"
            )
        }
        guard setting.name == TelemetrySettings.endpoint.name else { return text }
        return (text.hasSuffix("/") ? String(text.dropLast()) : text) + path
    }

    /// Reads `name=value,name=value`, with values in percent-encoding.
    ///
    /// The values are not repeated in an error, because they may be keys.
    /// Source: w3.org/TR/baggage/#header-content
    private static func pairs(
        _ text: String?,
        of setting: String
    ) throws(Invalid) -> [(name: String, value: String)] {
        var pairs: [(name: String, value: String)] = []
        for part in (text ?? "").split(separator: ",") {
            let sides = part.split(separator: "=", maxSplits: 1).map { $0.trimming(while: \.isWhitespace) }
            guard sides.count == 2, !sides[0].isEmpty, let value = PercentEncoding.decode(sides[1]) else {
                throw Invalid(name: setting, expected: "pairs such as name=value, separated by commas")
            }
            pairs.append((sides[0], value))
        }
        return pairs
    }
}

extension Substring {
    fileprivate func trimming(while isSpace: (Character) -> Bool) -> String {
        String(String(drop(while: isSpace).reversed()).drop(while: isSpace).reversed())
    }
}
