public import JSONText

/// Resource groups, which hold everything else.
///
/// Source: learn.microsoft.com/rest/api/resources/resource-groups
extension ManagementPlane {
    private static let groupVersion = "2021-04-01"

    /// Makes a group, or gives these tags to the one that is there.
    ///
    /// - Parameters:
    ///   - id: Which.
    ///   - location: Where; a group cannot move, and one that is elsewhere is refused.
    ///   - tags: All tags that it shall have.
    /// - Returns: The group as it is now.
    /// - Throws: ``AzureError``, ``CredentialError``, `CancellationError`.
    @discardableResult
    public func putGroup(
        _ id: ResourceIdentifier,
        location: String,
        tags: KeyValuePairs<String, String> = [:]
    ) async throws -> JSON? {
        let tags = JSON.object(tags.map { JSON.Member($0.key, .string($0.value)) })
        return try await put(id, ["location": .string(location), "tags": tags], apiVersion: Self.groupVersion)
    }

    public func group(_ id: ResourceIdentifier) async throws -> JSON? {
        try await get(id, apiVersion: Self.groupVersion)
    }

    /// Removes a group with all that is in it.
    public func deleteGroup(_ id: ResourceIdentifier, options: OperationOptions = OperationOptions()) async throws {
        try await delete(id, apiVersion: Self.groupVersion, options: options)
    }

    /// What is in a group, without properties.
    public func resources(inGroup id: ResourceIdentifier) async throws -> [JSON] {
        try await list("resources", in: id, apiVersion: Self.groupVersion)
    }
}
