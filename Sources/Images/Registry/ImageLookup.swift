public import Azure

/// Looks which image a tag names.
public struct ImageLookup: Sendable {
    private let client: RegistryClient

    /// Prepares to look.
    ///
    /// - Parameters:
    ///   - reference: Where the image would be.
    ///   - credential: What to show there.
    ///   - connection: How requests travel.
    ///   - policy: When they are sent again.
    public init(
        _ reference: ImageReference,
        credential: RegistryCredential,
        connection: AzureConnection,
        policy: RetryPolicy = ImagePush.usualPolicy
    ) {
        self.client = RegistryClient(
            reference,
            credential: credential,
            mountingFrom: nil,
            connection: connection,
            policy: policy
        )
    }

    /// The digest of the image that has the tag; `nil` where there is none.
    ///
    /// - Throws: ``RegistryError``, errors of signing in to Azure, `CancellationError`.
    public func digest() async throws -> ContentDigest? { try await client.digest(of: client.reference.tag) }
}
