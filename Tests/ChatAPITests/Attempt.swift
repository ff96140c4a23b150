/// Does something and then cleans up, whether it failed or not.
func attempt(
    _ action: () async throws -> Void,
    finally cleanUp: () async throws -> Void
) async throws {
    do {
        try await action()
    } catch {
        try? await cleanUp()
        throw error
    }
    try await cleanUp()
}
