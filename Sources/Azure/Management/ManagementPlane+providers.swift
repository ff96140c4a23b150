import JSONText

/// Resource providers, which a subscription registers before it uses them.
///
/// Source: learn.microsoft.com/rest/api/resources/providers
extension ManagementPlane {
    private static let providersVersion = "2021-04-01"

    /// The providers that a subscription is registered for, in lower case.
    public func registeredProviders(of subscription: ResourceIdentifier) async throws -> Set<String> {
        let documents = try await list("providers", in: subscription, apiVersion: Self.providersVersion)
        let registered = documents.filter { $0["registrationState"]?.string == "Registered" }
        return Set(registered.compactMap { $0["namespace"]?.string?.lowercased() })
    }

    /// Registers a provider in a subscription, and waits until it is.
    ///
    /// - Throws: ``AzureError`` where that is not allowed, or takes too long.
    public func register(provider: String, in subscription: String) async throws {
        try await ProviderRegistration(subscription: subscription, provider: provider).register(with: client)
    }
}
