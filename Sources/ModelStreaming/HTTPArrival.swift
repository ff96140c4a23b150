import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import Synchronization

/// What has arrived of an answer, between the event loop that brings it and the task that takes it.
final class HTTPArrival: HTTPClientResponseDelegate {
    typealias Response = Void

    /// How much may wait to be taken, in bytes, before the server is left waiting too.
    private static let limit = 64 * 1024

    private struct State {
        var head: HTTPResponseHead?
        var pieces: [ByteBuffer] = []
        var size = 0
        var end: Result<Void, any Error>?
        /// Whether anything has come since the reader looked.
        var hasNews = false
        var isIgnored = false
        var waiter: CheckedContinuation<Void, Never>?
        var deadline = NIODeadline.distantFuture
        var alarm: (time: NIODeadline, timer: Scheduled<Void>)?
        /// What lets the server go on.
        var held: EventLoopPromise<Void>?

        /// Takes note of something new.
        ///
        /// - Returns: Who waits for it.
        mutating func announce() -> CheckedContinuation<Void, Never>? {
            hasNews = true
            defer { waiter = nil }
            return waiter
        }

        mutating func letGoOn() -> EventLoopPromise<Void>? {
            size = 0
            pieces = []
            defer { held = nil }
            return held
        }
    }

    private let state = Mutex(State())

    // MARK: The event loop

    func didReceiveHead(task: HTTPClient.Task<Void>, _ head: HTTPResponseHead) -> EventLoopFuture<Void> {
        announce { $0.head = head }
        return task.eventLoop.makeSucceededVoidFuture()
    }

    func didReceiveBodyPart(task: HTTPClient.Task<Void>, _ buffer: ByteBuffer) -> EventLoopFuture<Void> {
        let (waiter, isTooMuch, held) = state.withLock { state in
            state.size += buffer.readableBytes
            let isTooMuch = state.size > Self.limit
            if state.isIgnored { return (nil as CheckedContinuation<Void, Never>?, isTooMuch, state.held) }
            state.pieces.append(buffer)
            if isTooMuch { state.held = task.eventLoop.makePromise() }
            return (state.announce(), false, state.held)
        }
        waiter?.resume()
        // An answer that should be over and is not costs its connection.
        if isTooMuch { return task.eventLoop.makeFailedFuture(CancellationError()) }
        return held?.futureResult ?? task.eventLoop.makeSucceededVoidFuture()
    }

    func didReceiveError(task: HTTPClient.Task<Void>, _ error: any Error) { fail(error) }

    func didFinishRequest(task: HTTPClient.Task<Void>) { announce { $0.end = $0.end ?? .success(()) } }

    // MARK: The reader

    /// Ends the answer, unless it has ended.
    func fail(_ error: any Error) { announce { $0.end = $0.end ?? .failure(error) } }

    /// - Returns: `nil` where it has not come.
    func takeHead() -> Result<HTTPResponseHead?, any Error> {
        state.withLock { state in
            state.hasNews = false
            if let head = state.head { return .success(head) }
            if case .failure(let error)? = state.end { return .failure(error) }
            return .success(nil)
        }
    }

    /// - Returns: Nothing where nothing has come, and `nil` where nothing will.
    func take() -> Result<[ByteBuffer]?, any Error> {
        let (result, held) = state.withLock { state -> (Result<[ByteBuffer]?, any Error>, EventLoopPromise<Void>?) in
            state.hasNews = false
            guard state.pieces.isEmpty, let end = state.end else {
                let pieces = state.pieces
                return (.success(pieces), state.letGoOn())
            }
            return (end.map { nil }, nil)
        }
        held?.succeed()
        return result
    }

    /// Resumes somebody when there is news, or when the time is over.
    func wait(with waiter: CheckedContinuation<Void, Never>, before deadline: NIODeadline, on loop: any EventLoop) {
        let isReady = state.withLock { state in
            if state.hasNews || state.end != nil { return true }
            state.waiter = waiter
            state.deadline = deadline
            if state.alarm.map({ deadline < $0.time }) ?? true { setAlarm(&state, on: loop) }
            return false
        }
        if isReady { waiter.resume() }
    }

    /// Drops what has come and what will.
    ///
    /// - Returns: Whether there is more to come.
    func ignoreRest() -> Bool {
        let (held, isOpen) = state.withLock { state in
            state.isIgnored = true
            return (state.letGoOn(), state.end == nil)
        }
        held?.succeed()
        return isOpen
    }

    /// Drops everything, for good.
    func leave() {
        _ = ignoreRest()
        state.withLock { state in
            defer { state.alarm = nil }
            return state.alarm?.timer
        }?.cancel()
    }

    // MARK: Time

    private func setAlarm(_ state: inout State, on loop: any EventLoop) {
        state.alarm?.timer.cancel()
        let timer = loop.scheduleTask(deadline: state.deadline) { [weak self] in self?.alarm(on: loop) ?? () }
        state.alarm = (state.deadline, timer)
    }

    /// Pieces that came meanwhile have moved the deadline, and the alarm follows only now.
    private func alarm(on loop: any EventLoop) {
        let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
            state.alarm = nil
            guard state.waiter != nil else { return nil }
            guard state.deadline <= .now() else {
                setAlarm(&state, on: loop)
                return nil
            }
            state.end = state.end ?? .failure(HTTPExchange.TooQuiet())
            return state.announce()
        }
        waiter?.resume()
    }

    private func announce(_ change: (inout State) -> Void) {
        let waiter = state.withLock { state in
            change(&state)
            return state.announce()
        }
        waiter?.resume()
    }
}
