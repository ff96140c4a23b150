import CoreMetrics
import DequeModule
import Synchronization

/// Finished spans on their way to a collector, as bytes; never more than its limit.
///
/// The numbers are those of a batch processor.
/// Source: opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/#batch-span-processor
final class SpanBuffer: Sendable {
    static let standardLimit = 2048
    /// Spans of one request.
    static let batchSize = 512

    private let limit: Int
    private let spans = Mutex<Deque<[UInt8]>>([])
    private let full = TelemetryLoss.counter("queue_full")
    /// Says that a batch is there.
    let news: AsyncStream<Void>
    private let tell: AsyncStream<Void>.Continuation

    init(limit: Int = SpanBuffer.standardLimit) {
        self.limit = limit
        (news, tell) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Takes a span; where too many wait already it is lost, and counted.
    func append(_ span: [UInt8]) {
        let count = spans.withLock { spans -> Int? in
            guard spans.count < limit else { return nil }
            spans.append(span)
            return spans.count
        }
        switch count {
        case nil: full.increment()
        case Self.batchSize: wake()
        case .some: break
        }
    }

    /// Lets who waits for news look.
    func wake() { tell.yield() }

    /// The oldest spans; they stay until they are removed.
    func batch() -> [[UInt8]] { spans.withLock { Array($0.prefix(Self.batchSize)) } }

    func removeFirst(_ count: Int) { spans.withLock { $0.removeFirst(min(count, $0.count)) } }

    var count: Int { spans.withLock { $0.count } }
}

/// Spans that no collector will see, by the reason.
enum TelemetryLoss {
    static func counter(_ reason: String) -> Counter {
        Counter(label: "telemetry.spans.dropped", dimensions: [("reason", reason)])
    }
}
