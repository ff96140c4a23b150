/// Remembers which id an attempt got, so that its repetition gets the same.
protocol IdempotencyStore: Sendable {
    /// The id of an attempt: the one that it has got within the last day, or else this one from now on.
    func id(for key: String, of user: String, orElse candidate: String) async throws -> String
}
