import HTTPTypes
import Hummingbird
import NIOCore
import Synchronization

/// The body of an answer, read whole and up to a limit.
final class CollectedBody: Sendable {
    private let limit: Int
    private let collected = Mutex(ByteBuffer())

    init(limit: Int) {
        self.limit = limit
    }

    var bytes: ByteBuffer { collected.withLock { $0 } }

    /// Fails with `NIOTooManyBytesError` when the limit is exceeded.
    struct Writer: ResponseBodyWriter {
        let body: CollectedBody

        func write(_ buffer: ByteBuffer) throws {
            try body.collected.withLock { collected in
                guard collected.readableBytes + buffer.readableBytes <= body.limit else {
                    throw NIOTooManyBytesError(maxBytes: body.limit)
                }
                collected.writeImmutableBuffer(buffer)
            }
        }

        consuming func finish(_ trailingHeaders: HTTPFields?) {}
    }
}
