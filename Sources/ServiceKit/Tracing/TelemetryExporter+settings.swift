import Logging
import Settings
import Telemetry

extension TelemetryExporter {
    /// The exporter that the settings ask for; `nil` where they name no collector.
    ///
    /// - Throws: ``SettingsError/invalid(name:expected:)``.
    init?(
        _ settings: SettingsReader,
        identity: ServiceIdentity,
        metrics: MetricsRegistry,
        logger: Logger
    ) throws(SettingsError) {
        let configuration: TelemetryConfiguration
        do throws(TelemetryConfiguration.Invalid) {
            configuration = try TelemetryConfiguration(
                service: identity.name,
                version: identity.version,
                value: { settings.value(of: $0) },
                secret: { settings.value(of: $0) }
            )
        } catch {
            throw .invalid(name: error.name, expected: error.expected)
        }
        for warning in configuration.warnings { logger.warning("\(warning)") }
        guard configuration.isWanted else { return nil }
        self.init(configuration, metrics: { metrics.readings }, logger: logger)
    }
}
