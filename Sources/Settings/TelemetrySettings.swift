/// Where traces and metrics go, in the names that OpenTelemetry gives them; nowhere, where no endpoint is named.
///
/// They are sent as OTLP over HTTP with Protocol Buffers, which every collector takes. Azure Monitor takes them from no
/// connection string: `APPLICATIONINSIGHTS_CONNECTION_STRING` is read by the Azure Functions host, which reports its
/// own view of a function app, and by nothing here. The managed OpenTelemetry agent of Azure Container Apps sets
/// `OTEL_EXPORTER_OTLP_PROTOCOL` to `grpc`, which is not spoken here; nothing is sent then, and the log says so. What
/// works everywhere is a collector that takes OTLP over HTTP and has an exporter for Azure Monitor.
/// Sources: opentelemetry.io/docs/specs/otel/protocol/exporter,
/// opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables,
/// learn.microsoft.com/azure/container-apps/opentelemetry-agents
public enum TelemetrySettings {
    /// The address of a collector, to which `/v1/traces` and `/v1/metrics` are added: `http://localhost:4318`.
    public static let endpoint = Setting<String>("OTEL_EXPORTER_OTLP_ENDPOINT", required: false)
    /// The whole address for traces, where it is another one.
    public static let tracesEndpoint = Setting<String>("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", required: false)
    /// The whole address for metrics, where it is another one.
    public static let metricsEndpoint = Setting<String>("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", required: false)
    /// What each request says besides, such as a key: `api-key=…,tenant=…`.
    ///
    /// Contracts do not list it, for a stack would then make up a value where nobody gives one. Put it into `.env`, or
    /// bind it where a collector wants it.
    public static let headers = SecretSetting<String>("OTEL_EXPORTER_OTLP_HEADERS", required: false)
    /// `http/protobuf`, or nothing.
    public static let format = Setting<String>("OTEL_EXPORTER_OTLP_PROTOCOL", required: false)
    public static let serviceName = Setting<String>("OTEL_SERVICE_NAME", required: false)
    /// Facts about this process: `deployment.environment.name=dev,team=harbour`.
    public static let resourceAttributes = Setting<String>("OTEL_RESOURCE_ATTRIBUTES", required: false)
    /// Which traces are recorded: `parentbased_traceidratio`.
    public static let sampler = Setting<String>("OTEL_TRACES_SAMPLER", required: false)
    /// The share of traces, where the sampler wants one: `0.1`.
    public static let samplerArgument = Setting<String>("OTEL_TRACES_SAMPLER_ARG", required: false)
    /// `none` to send no traces.
    public static let tracesExporter = Setting<String>("OTEL_TRACES_EXPORTER", required: false)
    /// `none` to send no metrics.
    public static let metricsExporter = Setting<String>("OTEL_METRICS_EXPORTER", required: false)
    /// `true` to send nothing at all.
    public static let isDisabled = Setting<String>("OTEL_SDK_DISABLED", required: false)

    /// What a service declares that sends traces and metrics.
    public static let all = [
        endpoint.declaration, tracesEndpoint.declaration, metricsEndpoint.declaration, format.declaration,
        serviceName.declaration, resourceAttributes.declaration, sampler.declaration,
        samplerArgument.declaration, tracesExporter.declaration, metricsExporter.declaration, isDisabled.declaration,
    ]
}
