import Hummingbird
import Synchronization

extension Response {
    /// Does something once when the answer is over: sent whole, broken off, or never to be sent.
    mutating func whenEnded(_ action: @escaping @Sendable () -> Void) {
        let ending = ResponseEnding(action)
        let written = body
        body = ResponseBody(contentLength: written.contentLength) { writer in
            defer { ending.come() }
            try await written.write(writer)
        }
    }
}

/// The end of an answer, which comes once; at the latest when nobody can send it any more.
private final class ResponseEnding: Sendable {
    private let action: Mutex<(@Sendable () -> Void)?>

    init(_ action: @escaping @Sendable () -> Void) {
        self.action = Mutex(action)
    }

    deinit { come() }

    func come() {
        let due = action.withLock { action in
            defer { action = nil }
            return action
        }
        due?()
    }
}
