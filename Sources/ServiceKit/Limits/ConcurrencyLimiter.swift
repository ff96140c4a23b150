import HTTPTypes
import Synchronization

/// Bounds how many answers one user is given at the same time.
///
/// Only those are remembered who are being answered, so there are never more of them than connections.
public final class ConcurrencyLimiter: Sendable {
    private let limit: Int
    private let answers = Mutex<[String: Int]>([:])

    /// Describes a limit for each user; at least 1.
    public init(limit: Int) {
        self.limit = max(limit, 1)
    }

    /// Users who are being answered.
    var users: Int { answers.withLock { $0.count } }

    /// Lets a user in, who must ``leave(_:)`` once.
    ///
    /// - Throws: ``APIError`` with status 429 and `Retry-After` in whole seconds.
    func enter(_ user: String) throws(APIError) {
        let isIn = answers.withLock { answers in
            guard answers[user, default: 0] < limit else { return false }
            answers[user, default: 0] += 1
            return true
        }
        guard isIn else {
            throw APIError(
                .tooManyRequests,
                code: "too_many_streams",
                message: "This user is being given \(limit) answers already. Wait for one to end.",
                headers: [.retryAfter: "1"]
            )
        }
    }

    func leave(_ user: String) {
        answers.withLock { answers in
            guard let count = answers[user] else { return }
            answers[user] = count > 1 ? count - 1 : nil
        }
    }
}
