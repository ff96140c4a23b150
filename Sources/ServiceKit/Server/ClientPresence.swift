import NIOCore
import Synchronization

/// Knows whether the client of a connection is still there, while its answer is being made.
public final class ClientPresence: Sendable {
    private struct State {
        var isGone = false
        var action: (@Sendable () -> Void)?
    }

    private let state = Mutex(State())

    /// Calls this when the client closes the connection, at once if it already has.
    ///
    /// A connection carries one request at a time, so a new action takes the place of the one before. A client that
    /// closes only its sending half counts as gone, because a connection that is closed whole looks the same until
    /// something is sent.
    public func whenGone(_ action: @escaping @Sendable () -> Void) {
        let isGone = state.withLock { state in
            state.action = action
            return state.isGone
        }
        if isGone { action() }
    }

    func leave() {
        let action = state.withLock { state in
            state.isGone = true
            return state.action
        }
        action?()
    }
}

extension ServiceContext {
    /// Whether the client of this request is still there.
    ///
    /// - Throws: When the connection is already closed.
    public func clientPresence() async throws -> ClientPresence {
        let pipeline = channel.pipeline
        let find = { @Sendable in try pipeline.syncOperations.handler(type: HTTPConnection.self).presence }
        let loop = channel.eventLoop
        return loop.inEventLoop ? try find() : try await loop.submit(find).get()
    }
}
