import Settings
import Testing

@testable import Telemetry

struct TelemetryConfigurationTests {
    private func configuration(_ values: [String: String]) throws -> TelemetryConfiguration {
        try TelemetryConfiguration(
            service: "chat-api",
            version: "1",
            value: { values[$0.name] },
            secret: { values[$0.name].map { SecretValue($0) } }
        )
    }

    @Test func `without an endpoint nothing is wanted`() throws {
        #expect(try !configuration([:]).isWanted)
    }

    @Test func `paths are added to the common address, and not to one of their own`() throws {
        let common = try configuration(["OTEL_EXPORTER_OTLP_ENDPOINT": "https://collector.example/base/"])
        #expect(common.tracesURL == "https://collector.example/base/v1/traces")
        #expect(common.metricsURL == "https://collector.example/base/v1/metrics")
        let own = try configuration([
            "OTEL_EXPORTER_OTLP_ENDPOINT": "http://localhost:4318",
            "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://traces.example/here",
        ])
        #expect(own.tracesURL == "http://traces.example/here")
        #expect(own.metricsURL == "http://localhost:4318/v1/metrics")
    }

    @Test(arguments: ["OTEL_SDK_DISABLED": "true", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"])
    func `what is switched off, or asks for another protocol, sends nothing`(name: String, value: String) throws {
        let found = try configuration([name: value, "OTEL_EXPORTER_OTLP_ENDPOINT": "http://localhost:4318"])
        #expect(!found.isWanted)
        #expect(found.warnings.isEmpty == (value == "true"))
    }

    @Test func `one signal can be left out`() throws {
        let found = try configuration([
            "OTEL_METRICS_EXPORTER": "none", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://localhost:4318",
        ])
        #expect(found.metricsURL == nil)
        #expect(found.tracesURL != nil)
    }

    @Test func `the resource says who sends, as it is told`() throws {
        let found = try configuration(["OTEL_RESOURCE_ATTRIBUTES": "team = harbour%20crew, service.name=other"])
        let facts = Dictionary(uniqueKeysWithValues: found.resource.attributes)
        #expect(facts["team"] == "harbour crew")
        #expect(facts["service.name"] == "other")
        #expect(facts["service.version"] == "1")
        let named = try configuration(["OTEL_RESOURCE_ATTRIBUTES": "service.name=other", "OTEL_SERVICE_NAME": "mine"])
        #expect(Dictionary(uniqueKeysWithValues: named.resource.attributes)["service.name"] == "mine")
    }

    @Test func `headers are secrets`() throws {
        let found = try configuration([
            "OTEL_EXPORTER_OTLP_HEADERS": "api-key=canary%3D1", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://localhost:4318",
        ])
        #expect(found.headers.map(\.name) == ["api-key"])
        #expect(found.headers.first?.value.unsafeRevealed == "canary=1")
        #expect(!"\(found)".contains("canary"))
    }

    @Test(arguments: [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4318"), ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://u:p@host"),
        ("OTEL_EXPORTER_OTLP_HEADERS", "canary"), ("OTEL_EXPORTER_OTLP_HEADERS", "a=%ZZ"),
    ])
    func `what cannot be used is named, and a secret is not repeated`(name: String, value: String) throws {
        let error = #expect(throws: TelemetryConfiguration.Invalid.self) {
            var values = ["OTEL_EXPORTER_OTLP_ENDPOINT": "http://localhost:4318"]
            values[name] = value
            return try configuration(values)
        }
        #expect(error?.name == name)
        #expect(error?.expected.contains(value) == false)
    }

    @Test func `an unknown sampler is told and passed over`() throws {
        let found = try configuration([
            "OTEL_TRACES_SAMPLER": "jaeger_remote", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://localhost:4318",
        ])
        #expect(found.warnings.count == 1)
        #expect(found.sampler == .standard)
    }
}
