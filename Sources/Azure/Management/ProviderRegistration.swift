import JSONText

/// Registers a resource provider in a subscription, which its first use needs.
///
/// Sources: learn.microsoft.com/azure/azure-resource-manager/management/resource-providers-and-types; azure-mgmt-core
/// `policies/_base.py`
struct ProviderRegistration: Sendable {
    private static let apiVersion = "2021-04-01"
    private static let wait = Duration.seconds(10)
    private static let budget = Duration.seconds(600)

    let subscription: String
    let provider: String

    init(subscription: String, provider: String) {
        self.subscription = subscription
        self.provider = provider
    }

    /// What an error asks to be registered; `nil` where it asks for no such thing.
    ///
    /// The message names the provider in quotes, and it may be another than the resource's own: a site may need a
    /// provider for its network.
    init?(neededBy error: AzureError, for request: AzureRequest) {
        guard error.status == 409, let said = error.serviceError, said.has(code: "MissingSubscriptionRegistration"),
            case .path(let path, _) = request.target
        else { return nil }
        let segments = path.split(separator: "/")
        func segment(after name: String) -> String? {
            let index = segments.firstIndex { $0.lowercased() == name }
            return index.flatMap { $0 + 1 < segments.endIndex ? String(segments[$0 + 1]) : nil }
        }
        let quoted = said.innermost.message.split(separator: "'", omittingEmptySubsequences: false).dropFirst().first
        let named = quoted.map(String.init).flatMap { Self.isNamespace($0) ? $0 : nil }
        guard let subscription = segment(after: "subscriptions"), let provider = named ?? segment(after: "providers")
        else { return nil }
        self.init(subscription: subscription, provider: provider)
    }

    private static func isNamespace(_ text: String) -> Bool {
        text.contains(".") && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == ".") }
    }

    /// Registers it, and waits until it is.
    ///
    /// - Throws: ``AzureError`` where that is not allowed, or takes too long.
    func register(with client: AzureClient) async throws {
        client.connection.onEvent(.registering(provider: provider))
        let path = "/subscriptions/\(subscription)/providers/\(provider)"
        var registration = AzureRequest(.post, .path("\(path)/register", apiVersion: Self.apiVersion))
        registration.isRepeatable = true
        _ = try await client.send(registration)
        let elapsed = client.connection.time.stopwatch()
        let question = AzureRequest(.get, .path(path, apiVersion: Self.apiVersion))
        while try await client.send(question).json()?["registrationState"]?.string != "Registered" {
            guard elapsed() + Self.wait <= Self.budget else {
                throw AzureError(.unfinished(after: Self.budget), request: "\(registration)")
            }
            try await client.connection.time.pause(for: Self.wait)
        }
    }
}
