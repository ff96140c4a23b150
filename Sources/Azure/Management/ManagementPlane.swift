public import JSONText
public import Settings
import WebFormats

/// Reads and changes resources, by their ids.
///
/// ```swift
/// let plane = ManagementPlane(client)
/// try await plane.put(queue, ["properties": ["lockDuration": "PT1M"]], apiVersion: "2024-01-01")
/// ```
///
/// Where a subscription uses a provider for the first time, it is registered, and the request is sent again.
public struct ManagementPlane: Sendable {
    public let client: AzureClient

    public init(_ client: AzureClient) {
        self.client = client
    }

    /// The resource; `nil` where there is none.
    public func get(_ id: ResourceIdentifier, apiVersion: String) async throws -> JSON? {
        do {
            return try await client.send(AzureRequest(.get, .path(id.path, apiVersion: apiVersion))).json()
        } catch let error as AzureError where error.isMissing {
            return nil
        }
    }

    /// Makes a resource, or replaces what is there, and waits until that is done.
    ///
    /// - Parameters:
    ///   - id: Which.
    ///   - body: The resource without id, name, type and version, which are in the address.
    ///   - apiVersion: The version in which the body is written.
    ///   - secrets: What the body holds that nobody may see.
    ///   - options: How to follow it.
    /// - Returns: The resource as it is now.
    /// - Throws: ``AzureError``, ``CredentialError``, `CancellationError`.
    @discardableResult
    public func put(
        _ id: ResourceIdentifier,
        _ body: JSON,
        apiVersion: String,
        secrets: [SecretValue] = [],
        options: OperationOptions = OperationOptions()
    ) async throws -> JSON? {
        var request = AzureRequest(.put, .path(id.path, apiVersion: apiVersion), body: body)
        request.secrets = secrets
        return try await perform(request, options: options)
    }

    /// Changes what the body names of a resource, and leaves the rest.
    @discardableResult
    public func patch(
        _ id: ResourceIdentifier,
        _ body: JSON,
        apiVersion: String,
        secrets: [SecretValue] = [],
        options: OperationOptions = OperationOptions()
    ) async throws -> JSON? {
        var request = AzureRequest(.patch, .path(id.path, apiVersion: apiVersion), body: body)
        request.secrets = secrets
        return try await perform(request, options: options)
    }

    /// Removes a resource, and waits until it is gone; it need not be there.
    public func delete(
        _ id: ResourceIdentifier,
        apiVersion: String,
        options: OperationOptions = OperationOptions()
    ) async throws {
        do {
            _ = try await perform(AzureRequest(.delete, .path(id.path, apiVersion: apiVersion)), options: options)
        } catch let error as AzureError where error.isMissing {
            return
        }
    }

    /// Asks a resource to do something: `listKeys`, `restart`.
    ///
    /// - Parameters:
    ///   - action: The last segment of the address.
    ///   - id: Which resource.
    ///   - body: What the action needs.
    ///   - apiVersion: The version of the interface.
    ///   - isRepeatable: Whether doing it twice is the same as doing it once, as for actions that only read.
    ///   - options: How to follow it.
    /// - Returns: The result, where there is one.
    /// - Throws: ``AzureError``, ``CredentialError``, `CancellationError`.
    @discardableResult
    public func post(
        _ action: String,
        to id: ResourceIdentifier,
        _ body: JSON? = nil,
        apiVersion: String,
        isRepeatable: Bool = false,
        options: OperationOptions = OperationOptions()
    ) async throws -> JSON? {
        let path = "\(id.path)/\(PercentEncoding.encode(action))"
        var request = AzureRequest(.post, .path(path, apiVersion: apiVersion), body: body)
        request.isRepeatable = isRepeatable
        return try await perform(request, options: options)
    }

    /// The resources of a type in a group, in a subscription, or below another resource.
    ///
    /// - Parameters:
    ///   - collection: What follows the id: `resources`, `providers/Microsoft.Web/sites`.
    ///   - id: Where.
    ///   - apiVersion: The version of the interface.
    /// - Returns: All of them.
    /// - Throws: ``AzureError``, ``CredentialError``, `CancellationError`.
    public func list(_ collection: String, in id: ResourceIdentifier, apiVersion: String) async throws -> [JSON] {
        let segments = collection.split(separator: "/").map { "/\(PercentEncoding.encode(String($0)))" }.joined()
        return try await client.list(AzureRequest(.get, .path(id.path + segments, apiVersion: apiVersion)))
    }

    private func perform(_ request: AzureRequest, options: OperationOptions) async throws -> JSON? {
        do {
            return try await client.perform(request, options: options)
        } catch let error as AzureError {
            guard let registration = ProviderRegistration(neededBy: error, for: request) else { throw error }
            try await registration.register(with: client)
            return try await client.perform(request, options: options)
        }
    }
}
