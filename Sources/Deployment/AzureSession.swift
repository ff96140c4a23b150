package import Azure
import JSONText
package import Planning

/// Somebody who has signed in, and the place in Azure that a stack lives in.
package struct AzureSession: Sendable {
    package let cloud: AzureCloud
    package let connection: AzureConnection
    package let tokens: TokenCache
    package let plane: ManagementPlane
    package let subscriptionName: String
    package let scope: DeploymentScope
    package let group: ResourceIdentifier
    /// Whether the group is there; its region is the scope's then.
    package internal(set) var isDeployed: Bool
}

/// Which place somebody asked for; what is `nil` is found out.
package struct AzurePlace: Sendable, Hashable {
    package var subscription: String?
    package var resourceGroup: String
    package var location: String?

    package init(subscription: String?, resourceGroup: String, location: String?) {
        self.subscription = subscription
        self.resourceGroup = resourceGroup
        self.location = location
    }
}

/// Why a place cannot be used.
package enum AzurePlaceError: Error, Sendable, Hashable {
    /// Nobody said which of these subscriptions, as `name (id)`; empty where there is none.
    case ambiguousSubscription([String])
    case unknownSubscription(String)
    /// The group is new, and nobody said where to make it.
    case missingLocation(group: String)
    case unusableGroupName(String)
}

extension AzureSession {
    private static let subscriptionVersion = "2022-12-01"

    /// Signs in, and finds the place.
    ///
    /// - Parameters:
    ///   - place: What somebody asked for.
    ///   - cloud: Which Azure.
    ///   - tokens: Who signs in.
    ///   - connection: How requests travel.
    /// - Throws: ``AzurePlaceError``, ``Azure/AzureError``, ``Azure/CredentialError``, `CancellationError`.
    package init(
        at place: AzurePlace,
        cloud: AzureCloud,
        tokens: TokenCache,
        connection: AzureConnection
    ) async throws {
        let client = AzureClient(cloud: cloud, tokens: tokens, connection: connection)
        let plane = ManagementPlane(client)
        let (subscription, existing) = try await Self.find(place, plane)
        let group = try Self.group(place, in: subscription.id)
        guard let location = existing?["location"]?.string ?? place.location else {
            throw AzurePlaceError.missingLocation(group: place.resourceGroup)
        }
        self.cloud = cloud
        self.connection = connection
        self.tokens = tokens
        self.plane = plane
        self.subscriptionName = subscription.name
        self.group = group
        self.isDeployed = existing != nil
        self.scope = DeploymentScope(
            tenant: subscription.tenant,
            subscription: subscription.id,
            resourceGroup: place.resourceGroup,
            location: location
        )
    }

    private struct Subscription {
        let id: String
        let name: String
        let tenant: String

        init?(_ document: JSON) {
            guard let id = document["subscriptionId"]?.string, document["state"]?.string != "Deleted" else {
                return nil
            }
            self.id = id
            self.name = document["displayName"]?.string ?? id
            self.tenant = document["tenantId"]?.string ?? ""
        }
    }

    private static func group(_ place: AzurePlace, in subscription: String) throws -> ResourceIdentifier {
        guard let group = ResourceIdentifier.resourceGroup(place.resourceGroup, subscription: subscription) else {
            throw AzurePlaceError.unusableGroupName(place.resourceGroup)
        }
        return group
    }

    /// Asks for the subscription and for the group, at once where both are known by name.
    private static func find(_ place: AzurePlace, _ plane: ManagementPlane) async throws -> (Subscription, JSON?) {
        guard let wanted = place.subscription else {
            let subscription = try await onlySubscription(plane)
            return (subscription, try await plane.group(group(place, in: subscription.id)))
        }
        async let subscription = subscription(wanted, plane)
        async let existing = plane.group(group(place, in: wanted))
        return (try await subscription, try await existing)
    }

    private static func subscription(_ wanted: String, _ plane: ManagementPlane) async throws -> Subscription {
        guard let id = ResourceIdentifier.subscription(wanted),
            let found = try await plane.get(id, apiVersion: subscriptionVersion).flatMap({ Subscription($0) })
        else { throw AzurePlaceError.unknownSubscription(wanted) }
        return found
    }

    private static func onlySubscription(_ plane: ManagementPlane) async throws -> Subscription {
        let request = AzureRequest(.get, .path("/subscriptions", apiVersion: subscriptionVersion))
        let all = try await plane.client.list(request).compactMap { Subscription($0) }
        guard all.count == 1, let only = all.first else {
            throw AzurePlaceError.ambiguousSubscription(all.map { "\($0.name) (\($0.id))" })
        }
        return only
    }

    /// The same place, after something was deployed there.
    package var afterDeployment: AzureSession {
        var session = self
        session.isDeployed = true
        return session
    }

    /// A client of a service's instance, such as a vault.
    package func client(of service: DataService, named name: String) -> AzureClient? {
        cloud.address(of: service, named: name).map { address in
            AzureClient(
                server: address,
                scope: cloud.scope(of: service),
                tokens: tokens,
                connection: connection,
                correlationID: plane.client.correlationID
            )
        }
    }
}
