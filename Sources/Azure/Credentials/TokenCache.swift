import Logging
import Synchronization

/// Keeps tokens until they have to be renewed, one for each scope, and asks for each only once at a time.
///
/// A token is renewed five minutes before it expires, or after half of its life where that is later. Where that fails
/// it is used to its end, and renewing is tried every half minute.
public final class TokenCache: TokenCredential {
    private let credential: any TokenCredential
    private let connection: AzureConnection
    private let cached = Mutex<[TokenScope: CachedToken]>([:])

    public init(_ credential: any TokenCredential, connection: AzureConnection) {
        self.credential = credential
        self.connection = connection
    }

    /// The source of a chain that gave the tokens, as a person would name it.
    public var source: String? { (credential as? CredentialChain)?.source }

    public func token(for scope: TokenScope) async throws -> AccessToken {
        while true {
            try Task.checkCancellation()
            let now = connection.time.now()
            switch with(scope, { $0.choose(now: now) }) {
            case .use(let token): return token
            case .fetch: return try await fetch(scope)
            case .wait: if let token = try await fetchOfAnother(scope) { return token }
            }
        }
    }

    /// Forgets a token that was refused, unless it has been replaced already.
    public func discard(_ token: AccessToken, for scope: TokenScope) {
        with(scope) { $0.discard(token) }
    }

    private func with<Value: Sendable>(_ scope: TokenScope, _ body: (inout CachedToken) -> sending Value) -> Value {
        cached.withLock { body(&$0[scope, default: CachedToken()]) }
    }

    private func fetch(_ scope: TokenScope) async throws -> AccessToken {
        let outcome: Result<AccessToken, any Error>
        do {
            outcome = .success(try await credential.token(for: scope))
        } catch {
            outcome = .failure(error)
        }
        let now = connection.time.now()
        let (result, waiters) = with(scope) { ($0.finish(outcome, now: now), $0.removeWaiters()) }
        // Those who wait have not given up because this task has: one of them asks again.
        let shared: Result<AccessToken?, any Error> = Task.isCancelled ? .success(nil) : result.map { $0 }
        for waiter in waiters { waiter.resume(with: shared) }
        if case .failure(let error) = outcome, case .success = result {
            connection.logger.warning("a token could not be renewed yet", metadata: ["reason": "\(error)"])
        }
        return try result.get()
    }

    /// Waits for what another task fetches.
    ///
    /// - Returns: `nil` where that task gave up, and another must ask.
    private func fetchOfAnother(_ scope: TokenScope) async throws -> AccessToken? {
        let id = with(scope) { $0.newID() }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (waiter: CachedToken.Waiter) in
                let result: Result<AccessToken?, any Error>? = with(scope) { cached in
                    if Task.isCancelled { return .failure(CancellationError()) }
                    guard cached.isFetching else { return .success(nil) }
                    cached.add(waiter, id: id)
                    return nil
                }
                if let result { waiter.resume(with: result) }
            }
        } onCancel: {
            with(scope) { $0.removeWaiter(id) }?.resume(throwing: CancellationError())
        }
    }
}
