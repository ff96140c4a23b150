import NIOHTTP1

extension AzureConnection {
    private static let presenceLimit = Duration.seconds(30)

    /// Asks once what an address says to somebody who shows no token.
    ///
    /// - Returns: The status of the answer; `nil` where there is none.
    /// - Throws: `CancellationError`.
    public func status(at address: WebAddress) async throws -> Int? {
        do {
            return try await exchange(OutgoingRequest(.GET, address), within: Self.presenceLimit).status
        } catch is TransportFailure {
            return nil
        }
    }
}
