import AsyncHTTPClient
import CoreMetrics
public import Logging
public import ServiceLifecycle
import Tracing

/// Sends traces and metrics to a collector for as long as a service runs, and what is left when it stops.
///
/// Nobody ever waits for it: spans go into a bounded buffer, and what finds no room there is counted as lost. A
/// collector that is busy or away is asked again, later each time; metrics are not sent again, because the next ones
/// count from the same start.
/// Source: opentelemetry.io/docs/specs/otlp/#otlphttp
public struct TelemetryExporter: Service {
    /// Reads all that is measured.
    public typealias Metrics = @Sendable () -> [MetricReading]

    /// How the exporter goes about its work.
    struct Rules: Sendable {
        /// How long a span waits for others, at most.
        var delay = Duration.seconds(5)
        var metricsInterval = Duration.seconds(60)
        /// How often one batch is sent before it is given up.
        var tries = 6
        var firstPause = Duration.seconds(1)
        var longestPause = Duration.seconds(30)
        /// What is left at the end must be sent within this time: a service that stops is waited for.
        var flushTime = Duration.milliseconds(1200)
    }

    let buffer: SpanBuffer
    let configuration: TelemetryConfiguration
    private let metrics: Metrics
    private let logger: Logger
    private let rules: Rules
    private let clock: any Clock<Duration>
    private let start = DefaultTracerClock.now.nanosecondsSinceEpoch

    /// Prepares to send; nothing is sent before it runs.
    ///
    /// - Parameters:
    ///   - configuration: Where to.
    ///   - metrics: Reads all that is measured.
    ///   - logger: Hears when a collector is away, and when it is back.
    public init(_ configuration: TelemetryConfiguration, metrics: @escaping Metrics, logger: Logger) {
        self.init(configuration, metrics: metrics, logger: logger, rules: Rules(), clock: ContinuousClock())
    }

    init(
        _ configuration: TelemetryConfiguration,
        metrics: @escaping Metrics,
        logger: Logger,
        rules: Rules,
        clock: any Clock<Duration>
    ) {
        self.buffer = SpanBuffer()
        self.configuration = configuration
        self.metrics = metrics
        self.logger = logger
        self.rules = rules
        self.clock = clock
    }

    /// Records spans for this exporter; `nil` where no traces are wanted.
    public var tracer: SpanTracer? {
        guard configuration.tracesURL != nil else { return nil }
        return SpanTracer(sampler: configuration.sampler) { [buffer] in buffer.append($0.protobuf) }
    }

    public func run() async throws {
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: .telemetry)
        let collector = CollectorClient(client: client, headers: configuration.headers)
        // Being told to stop ends the waits and is no failure.
        try? await cancelWhenGracefulShutdown { try await export(to: collector) }
        await flush(to: collector)
        try await client.shutdown()
    }

    private func export(to collector: CollectorClient) async throws {
        try await withThrowingDiscardingTaskGroup { group in
            if let url = configuration.tracesURL {
                group.addTask {
                    for await _ in buffer.news { try await drain(to: collector, url) }
                }
                group.addTask {
                    while true {
                        try await clock.sleep(for: rules.delay)
                        buffer.wake()
                    }
                }
            }
            if let url = configuration.metricsURL {
                group.addTask {
                    while true {
                        try await clock.sleep(for: rules.metricsInterval)
                        await sendMetrics(to: collector, url)
                    }
                }
            }
        }
    }

    // MARK: Spans

    private func drain(to collector: CollectorClient, _ url: String) async throws {
        while true {
            let batch = buffer.batch()
            guard !batch.isEmpty else { return }
            try await deliver(batch, to: collector, url)
            buffer.removeFirst(batch.count)
        }
    }

    /// Sends a batch until the collector has it, will never have it, or has been asked often enough.
    private func deliver(_ batch: [[UInt8]], to collector: CollectorClient, _ url: String) async throws {
        let body = configuration.resource.request(of: batch)
        for attempt in 1...rules.tries {
            let outcome = await collector.send(body, to: url)
            try Task.checkCancellation()
            switch outcome {
            case .accepted(let rejected): return count(rejected, "rejected")
            case .refused(let status):
                logger.warning("the collector refuses spans", metadata: ["status": "\(status)"])
                return count(batch.count, "refused")
            case .busy(let wished):
                if attempt == 1 { logger.warning("the collector takes no spans; trying again") }
                guard attempt < rules.tries else { break }
                try await clock.sleep(for: pause(after: attempt, wished))
            }
        }
        count(batch.count, "unreachable")
    }

    /// As long as the collector wishes, else twice as long each time, and a little less at random.
    private func pause(after attempt: Int, _ wished: Duration?) -> Duration {
        if let wished { return min(wished, rules.longestPause) }
        let doubled = rules.firstPause * (1 << (attempt - 1))
        return min(doubled, rules.longestPause) * Double.random(in: 0.8...1)
    }

    private func count(_ spans: Int, _ reason: String) {
        if spans > 0 { TelemetryLoss.counter(reason).increment(by: spans) }
    }

    // MARK: Metrics

    private func sendMetrics(to collector: CollectorClient, _ url: String) async {
        let time = MeasuredTime(start: start, now: DefaultTracerClock.now.nanosecondsSinceEpoch)
        let readings = metrics().compactMap { $0.protobuf(time) }
        guard !readings.isEmpty else { return }
        if case .refused(let status) = await collector.send(configuration.resource.request(of: readings), to: url) {
            logger.warning("the collector refuses metrics", metadata: ["status": "\(status)"])
        }
    }

    // MARK: The end

    /// Sends what is left, without a second try, in the time that there is.
    private func flush(to collector: CollectorClient) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await clock.sleep(for: rules.flushTime) }
            group.addTask {
                await withDiscardingTaskGroup { group in
                    if let url = configuration.tracesURL { group.addTask { await empty(to: collector, url) } }
                    if let url = configuration.metricsURL { group.addTask { await sendMetrics(to: collector, url) } }
                }
            }
            await group.next()
            group.cancelAll()
        }
        count(buffer.count, "stopped")
    }

    private func empty(to collector: CollectorClient, _ url: String) async {
        while !Task.isCancelled {
            let batch = buffer.batch()
            guard !batch.isEmpty else { return }
            guard
                case .accepted(let rejected) = await collector.send(configuration.resource.request(of: batch), to: url)
            else { return }
            count(rejected, "rejected")
            buffer.removeFirst(batch.count)
        }
    }
}
