package import Settings

/// The Azure that is simulated: who may do what in it, what is allowed, and how fast it is.
package struct SimulatorConfiguration: Sendable {
    package var subscription = "11111111-1111-4111-8111-111111111111"
    package var tenant = "22222222-2222-4222-8222-222222222222"
    /// Everybody who can sign in besides the identities that are created.
    package var clients: [SimulatedClient] = []
    /// What `X-IDENTITY-HEADER` must hold; `nil` where there is no such endpoint.
    package var identityHeader: SecretValue?
    /// The client id of the identity that the machine itself has; `nil` where it has none.
    package var machineIdentity: String?
    package var regions = ["westeurope", "northeurope", "swedencentral", "eastus", "westus", "westus2"]

    // MARK: What makes deployments fail

    /// Providers that the subscription does not use yet: `Microsoft.App`.
    package var unregisteredProviders: Set<String> = []
    /// Names that strangers have taken: `Microsoft.KeyVault/vaults/main`.
    package var takenNames: Set<String> = []
    /// How many resources of a type there may be, by type.
    package var quotas: [String: Int] = [:]
    package var policies: [PolicyDenial] = []
    /// Long operations that fail: the end of a resource's identifier, and why.
    package var provisioningFailures: [String: ProvisioningFailure] = [:]
    /// Images whose containers never become healthy, by reference, with their registry or without it.
    package var brokenImages: Set<String> = []
    package var faults = FaultRates.none

    // MARK: How it behaves

    /// Simulated times are divided by this.
    package var speed = 1.0
    package var seed: UInt64 = 1
    /// How long a write takes to be answered; its parent is busy meanwhile.
    package var latency = Duration.zero
    /// How long a read takes to be answered.
    package var readLatency = Duration.zero
    /// How long a role assignment takes until data planes know of it.
    package var roleDelay = Duration.seconds(60)
    /// How long the directory takes until it tells role assignments of a fresh identity.
    package var principalDelay = Duration.seconds(10)
    /// How long the outcome of an operation can be asked for.
    package var operationLifetime = Duration.seconds(3600)
    /// The official descriptions of types; without them only the built-in facts are checked.
    package var schemas: OfficialSchemas?
    /// Whether the resources that a body names must exist.
    package var checksReferences = true
    /// Whether the images of container apps must be in their registries.
    package var requiresImages = false
    /// Whether registries ask for roles on repositories, which owners do not have by themselves.
    package var registriesHaveRepositoryRoles = false
    package var addresses = SimulatedAddresses.asInAzure
    /// How many resources a page of a list has.
    package var pageSize = 100

    /// Texts of which the journal tells in which requests they were, such as secrets.
    package var watchedTexts: [String] = []

    // MARK: Bounds

    package var journalLimit = 10_000
    /// How many bytes blobs, secrets and entities may have together.
    package var dataLimit = 256 * 1024 * 1024

    package init() {}
}

/// Somebody who signs in with a secret or a token of another issuer.
package struct SimulatedClient: Sendable {
    package var clientID: String
    package var objectID: String
    package var secret: SecretValue?
    package var federation: [FederatedTrust]
    /// The roles it has: a name such as `Owner`, or the GUID of a definition, and the scope.
    package var roles: [GivenRole]

    package struct GivenRole: Sendable, Hashable {
        package var role: String
        /// `nil` for the whole subscription.
        package var scope: String?

        package init(_ role: String, on scope: String? = nil) {
            self.role = role
            self.scope = scope
        }
    }

    package init(
        clientID: String,
        objectID: String,
        secret: SecretValue? = nil,
        federation: [FederatedTrust] = [],
        roles: [GivenRole]
    ) {
        self.clientID = clientID
        self.objectID = objectID
        self.secret = secret
        self.federation = federation
        self.roles = roles
    }
}

/// Which tokens of another issuer are as good as a secret.
///
/// Source: learn.microsoft.com/entra/workload-id/workload-identity-federation
package struct FederatedTrust: Sendable, Hashable {
    package var issuer: String
    package var subject: String
    package var audience: String

    package init(issuer: String, subject: String, audience: String = "api://AzureADTokenExchange") {
        self.issuer = issuer
        self.subject = subject
        self.audience = audience
    }
}

/// Something that a policy of the subscription forbids.
package struct PolicyDenial: Sendable, Hashable {
    package var name: String
    /// The type that it is about; `nil` for all.
    package var type: String?
    /// The regions that are allowed; empty for none at all.
    package var allowedRegions: [String]

    package init(_ name: String, type: String? = nil, allowedRegions: [String] = []) {
        self.name = name
        self.type = type
        self.allowedRegions = allowedRegions
    }
}

/// How a long operation fails.
package struct ProvisioningFailure: Sendable, Hashable {
    package var code: String
    package var message: String
    /// How many times it fails before it succeeds.
    package var times: Int

    package init(_ code: String, _ message: String, times: Int = .max) {
        self.code = code
        self.message = message
        self.times = times
    }
}

/// What resources tell about where their data is.
package enum SimulatedAddresses: Sendable, Hashable {
    /// `https://main.vault.azure.net/`, which clients must send to the simulator by themselves.
    case asInAzure
    /// `http://127.0.0.1:5310/vault/main/`, where the request came to.
    case onLoopback
}
