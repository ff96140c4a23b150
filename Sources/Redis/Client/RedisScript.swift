import Crypto
import WebFormats

/// A program that the server runs as one step, between which and its end nobody else is served.
///
/// Source: redis.io/docs/latest/develop/programmability/eval-intro
public struct RedisScript: Sendable, Hashable {
    public let source: String
    /// What the server remembers it by.
    let digest: String

    public init(_ source: String) {
        self.source = source
        self.digest = Insecure.SHA1.hash(data: Array(source.utf8)).hexadecimal
    }
}

extension RedisClient {
    /// Runs a script; its text is sent only where the server does not know it yet.
    ///
    /// - Parameters:
    ///   - script: What to run.
    ///   - keys: Every key that it touches, so that a cluster can tell where to run it.
    ///   - arguments: What it works with.
    /// - Returns: What the script returns.
    /// - Throws: ``RedisError``, `CancellationError`.
    public func run(
        _ script: RedisScript,
        keys: [String],
        _ arguments: [RedisCommand.Argument]
    ) async throws -> RedisValue {
        let rest = [.init(keys.count)] + keys.map { .init($0) } + arguments
        do {
            return try await send(RedisCommand("EVALSHA", [.init(script.digest)] + rest))
        } catch RedisError.refused(code: "NOSCRIPT") {
            return try await send(RedisCommand("EVAL", [.init(script.source)] + rest))
        }
    }
}
