/// What came of an operation, for a test that has something to do until it is over.
///
/// ```swift
/// async let sent = outcome { try await client.send(event) }
/// try await server.answer()
/// #expect(throws: Refusal.self) { try await sent.get() }
/// ```
public func outcome<Value: Sendable>(
    of operation: @Sendable () async throws -> Value
) async -> Result<Value, any Error> {
    do {
        return .success(try await operation())
    } catch {
        return .failure(error)
    }
}
