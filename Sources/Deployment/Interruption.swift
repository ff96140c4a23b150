/// What somebody who interrupts wants of the operations under way.
package enum Interruption: Sendable, Hashable {
    /// Azure goes on with them, and the next run follows them to their end.
    case leave
    /// What is being made is deleted again.
    case cancel
}

extension StackDeployment {
    /// Nobody interrupts.
    package static let never: @Sendable () async -> Interruption? = {
        for await _ in AsyncStream<Never>.makeStream().stream {}
        return nil
    }
}

/// Does something for as long as nobody interrupts.
///
/// Only what is done is cancelled, and not the task that waits for it: that one still has a lock to give back.
///
/// - Parameters:
///   - interrupted: Returns when somebody interrupts, and ends when it is cancelled.
///   - body: What to do.
/// - Returns: What the body returns.
/// - Throws: ``DeploymentError/interrupted``, what the body throws.
func unless<Result: Sendable>(
    _ interrupted: @escaping @Sendable () async -> Interruption?,
    _ body: @escaping @Sendable () async throws -> Result
) async throws -> Result {
    try await withThrowingTaskGroup(of: Result?.self) { group in
        group.addTask { try await body() }
        group.addTask {
            _ = await interrupted()
            return nil
        }
        defer { group.cancelAll() }
        guard let result = try await group.next() ?? nil else { throw DeploymentError.interrupted }
        return result
    }
}
