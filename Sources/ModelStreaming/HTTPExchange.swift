import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// One request and its answer, read as it arrives by one task that knows how long it will wait.
///
/// `HTTPClient.Configuration.Timeout.read` would do the same with a timer that is cancelled and set again for each
/// piece that arrives, at a cost that grows with the number of streams: NIO looks through all timers of a loop to cancel
/// one. Here a timer is set once, and looks when it goes off whether it still matters.
final class HTTPExchange: Sendable {
    private let arrival: HTTPArrival
    private let task: HTTPClient.Task<Void>

    /// The server kept silent for too long.
    struct TooQuiet: Error {}

    init(_ request: HTTPClient.Request, client: HTTPClient) {
        self.arrival = HTTPArrival()
        self.task = client.execute(request: request, delegate: arrival)
    }

    /// Letting go of an answer closes its connection, unless all of it has come.
    deinit {
        arrival.leave()
        task.cancel()
    }

    /// The status and the headers of the answer.
    ///
    /// - Throws: ``TooQuiet``, `CancellationError`, or why the request failed.
    func head(before deadline: NIODeadline) async throws -> HTTPResponseHead {
        while true {
            switch arrival.takeHead() {
            case .success(let head?): return head
            case .success(nil): try await wait(before: deadline)
            case .failure(let error): throw error
            }
        }
    }

    /// All that has arrived since the last time, waiting for it where that is nothing.
    ///
    /// - Returns: `nil` at the end.
    /// - Throws: As ``head(before:)``.
    func next(before deadline: NIODeadline) async throws -> [ByteBuffer]? {
        while true {
            switch arrival.take() {
            case .success(.some(let pieces)) where !pieces.isEmpty: return pieces
            case .success(nil): return nil
            case .success: try await wait(before: deadline)
            case .failure(let error): throw error
            }
        }
    }

    /// Reads the rest up to a limit.
    func rest(upTo limit: Int, before deadline: NIODeadline) async throws -> ByteBuffer {
        var rest = ByteBuffer()
        while rest.readableBytes <= limit, let pieces = try await next(before: deadline) {
            for var piece in pieces { rest.writeBuffer(&piece) }
        }
        return rest
    }

    /// Lets the last bytes of an answer arrive that nobody reads, so that its connection can be used again.
    func release() {
        guard arrival.ignoreRest() else { return }
        task.eventLoop.scheduleTask(in: .seconds(1)) { withExtendedLifetime(self) {} }
    }

    private func wait(before deadline: NIODeadline) async throws {
        try Task.checkCancellation()
        await withTaskCancellationHandler {
            await withCheckedContinuation { arrival.wait(with: $0, before: deadline, on: task.eventLoop) }
        } onCancel: {
            arrival.fail(CancellationError())
        }
        try Task.checkCancellation()
    }
}
