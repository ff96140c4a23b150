import CoreMetrics
public import Logging
import LoopExecution
public import ServiceLifecycle
public import Settings
import Telemetry
import Tracing
import UnixSignals

/// The life of a service process, from its settings to its exit code.
public enum ServiceMain {
    /// Runs a service until it is told to stop.
    ///
    /// `SIGTERM`, `SIGINT` and the end of the lifeline stop it gracefully: requests and messages in hand are finished.
    /// The process exits with 0 after that, with 78 when settings are missing or unusable, and with 1 when a part of
    /// it failed (the numbers are those of `sysexits.h`). With the argument `--check-health` it does not serve: see
    /// ``HealthCheck``.
    ///
    /// - Parameters:
    ///   - identity: The name and version of the service.
    ///   - contract: The settings that it reads; all required ones are checked before anything starts.
    ///   - build: Makes the parts that run together. The first to end ends them all.
    public static func run(
        _ identity: ServiceIdentity,
        contract: any ServiceContract.Type,
        build: (SettingsReader, Logger) async throws -> [any Service]
    ) async {
        if HealthCheck.isWanted { await HealthCheck.run() }
        PlatformProcess.raiseFileLimit()
        let environment = ProcessEnvironment()
        let level = environment.value(of: "LOG_LEVEL").flatMap { Logger.Level(rawValue: $0) }
        LoggingSystem.bootstrap { _ in JSONLogHandler(service: identity.name, level: level ?? .info) }
        let metrics = MetricsRegistry()
        MetricsSystem.bootstrap(metrics)
        let logger = Logger(label: identity.name)
        do {
            let settings = try await SettingsReader()
            try settings.require(contract)
            // A program that does not promise to send traces keeps them to itself: those of a broker would be its clients'.
            let sendsTelemetry = contract.settings.contains(TelemetrySettings.endpoint.declaration)
            let exporter =
                sendsTelemetry
                ? try TelemetryExporter(settings, identity: identity, metrics: metrics, logger: logger) : nil
            if let tracer = exporter?.tracer { InstrumentationSystem.bootstrap(tracer) }
            var services: [any Service]
            do {
                services = try await build(settings, logger)
            } catch {
                // Nothing runs yet, so what failed is what the settings say.
                throw BuildError(cause: error)
            }
            // What stands first stops last: the exporter sees the end of all others.
            if let exporter { services.insert(exporter, at: 0) }
            if environment.value(of: Lifeline.variable) != nil { services.append(Lifeline()) }
            if let notifier = ServiceManagerNotifier(for: services, logger: logger) { services.append(notifier) }
            let group = group(of: services, logger: logger)
            // What belongs to no connection is done on a loop, too: no other thread has to be woken for it.
            try await withTaskExecutorPreference(LoopExecutor.any) { try await group.run() }
        } catch let error as SettingsError {
            logger.critical("\(error)")
            PlatformProcess.exit(78)
        } catch let error as BuildError {
            logger.critical("\(error.cause)")
            PlatformProcess.exit(78)
        } catch {
            logger.critical("stopped by an error", metadata: ["error": "\(error)"])
            PlatformProcess.exit(1)
        }
    }

    /// Ends the process because it was called wrongly, with 64 (the number is that of `sysexits.h`).
    public static func refuse(_ explanation: String) -> Never {
        PlatformProcess.write(Array((explanation + "\n").utf8), to: 2)
        PlatformProcess.exit(64)
    }

    private static func group(of services: [any Service], logger: Logger) -> ServiceGroup {
        // The group's own chatter about states is of use only to those who debug it.
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .error)
        var configuration = ServiceGroupConfiguration(
            services: services.map {
                // The name that it would get by itself is everything inside it, spelt out: slow, and not for logs.
                .init(
                    service: $0,
                    successTerminationBehavior: .gracefullyShutdownGroup,
                    serviceName: "\(type(of: $0))"
                )
            },
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: quiet
        )
        configuration.maximumGracefulShutdownDuration = .milliseconds(2500)
        configuration.maximumCancellationDuration = .milliseconds(500)
        return ServiceGroup(configuration: configuration)
    }
}

/// A service could not be put together from its settings.
private struct BuildError: Error {
    let cause: any Error
}
