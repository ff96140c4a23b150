import HTTPTypes
import Hummingbird
import Logging

extension ServiceContext {
    /// Answers a request, with 503 where a store fails: it is likely to come back.
    ///
    /// - Throws: ``APIError``, and what Hummingbird answers in its own way.
    public func withStores<Value>(_ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch let error as any HTTPResponseError {
            throw error
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            // Errors of Azure hold no secrets; those of SQLite name a statement without its values.
            logger.error("the store failed", metadata: ["error": "\(error)"])
            throw APIError(
                .serviceUnavailable,
                code: "store_unavailable",
                message: "The database is out of reach for now. Try again.",
                headers: [.retryAfter: "1"]
            )
        }
    }
}
