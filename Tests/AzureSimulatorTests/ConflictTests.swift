import AzureSimulator
import Foundation
import HTTPTypes
import JSONText
import Testing

/// What makes sound deployments fail.
@Suite struct `Conflicts and denials` {
    private var cloud: Cloud

    init() {
        cloud = Cloud()
        cloud.makeGroup()
    }

    private func address(_ path: String, _ version: String) -> String { cloud.address(path, version) }

    @Test mutating func `a resource that is being made is busy, and so is its parent for children`() {
        let bus = address("Microsoft.ServiceBus/namespaces/events-bus", "2024-01-01")
        #expect(cloud.send(.put, bus, Sound.namespace).status == .accepted)
        #expect(cloud.send(.put, bus, Sound.namespace).code == "Conflict")
        let queue = address("Microsoft.ServiceBus/namespaces/events-bus/queues/jobs", "2024-01-01")
        #expect(cloud.send(.put, queue, [:]).code == "Conflict")
        cloud.advance(60)
        #expect(cloud.send(.put, queue, [:]).status == .ok)
    }

    @Test mutating func `each provider says busy in its own way`() {
        for (path, version, body, status, code) in [
            (
                "Microsoft.Storage/storageAccounts/files1", "2025-06-01", Sound.storage, 409,
                "StorageAccountOperationInProgress"
            ),
            (
                "Microsoft.App/managedEnvironments/env", "2025-07-01", Sound.environment, 409,
                "ManagedEnvironmentOperationInProgress"
            ),
            ("Microsoft.DocumentDB/databaseAccounts/data1", "2025-10-15", Sound.database, 412, "PreconditionFailed"),
            ("Microsoft.CognitiveServices/accounts/model1", "2025-09-01", Sound.model, 409, "RequestConflict"),
            ("Microsoft.KeyVault/vaults/vault1", "2025-05-01", Sound.vault, 409, "ConflictError"),
            ("Microsoft.Cache/redisEnterprise/cache1", "2025-07-01", Sound.cache, 409, "AnotherOperationInProgress"),
            ("Microsoft.Web/serverfarms/plan", "2025-03-01", ["location": "westeurope"], 409, "Conflict"),
        ] {
            _ = cloud.send(.put, address(path, version), body)
            let again = cloud.send(.put, address(path, version), body)
            #expect(again.status.code == status)
            #expect(again.code == code)
        }
    }

    @Test mutating func `one app at a time is written in an environment`() {
        cloud.create("Microsoft.App/managedEnvironments/env", "2025-07-01", Sound.environment)
        let environment = "\(cloud.group)/providers/Microsoft.App/managedEnvironments/env"
        let one = address("Microsoft.App/containerApps/one", "2025-07-01")
        let two = address("Microsoft.App/containerApps/two", "2025-07-01")
        #expect(cloud.send(.put, one, Sound.containerApp(in: environment)).status == .created)
        #expect(
            cloud.send(.put, two, Sound.containerApp(in: environment)).code == "ManagedEnvironmentOperationInProgress"
        )
        cloud.advance(40)
        #expect(cloud.send(.put, two, Sound.containerApp(in: environment)).status == .created)
        #expect(cloud.azure.journal.highestConcurrency(below: environment) == 1)
        cloud.advance(40)
        #expect(
            cloud.send(.delete, address("Microsoft.App/managedEnvironments/env", "2025-07-01")).code == "CannotDelete"
        )
    }

    @Test mutating func `while an answer is on its way its parent is busy`() {
        cloud = Cloud { $0.latency = .seconds(1) }
        cloud.makeGroup()
        cloud.create("Microsoft.ServiceBus/namespaces/events-bus", "2024-01-01", Sound.namespace)
        let queues = ["one", "two"].map {
            address("Microsoft.ServiceBus/namespaces/events-bus/queues/\($0)", "2024-01-01")
        }
        let first = cloud.send(.put, queues[0], [:])
        #expect(first.delay == .seconds(1))
        #expect(cloud.send(.put, queues[1], [:]).code == "Conflict")
        cloud.advance(1)
        #expect(cloud.send(.put, queues[1], [:]).status == .ok)
    }

    @Test mutating func `a name that a stranger has is taken, and so is one's own`() {
        cloud = Cloud { $0.takenNames = ["Microsoft.Storage/storageAccounts/files1"] }
        cloud.makeGroup()
        let files = address("Microsoft.Storage/storageAccounts/files1", "2025-06-01")
        #expect(cloud.send(.put, files, Sound.storage).code == "StorageAccountAlreadyTaken")
        cloud.create("Microsoft.ContainerRegistry/registries/images1", "2025-11-01", Sound.registry)
        let other = "\(cloud.subscription)/resourceGroups/other"
        _ = cloud.send(.put, "\(other)?api-version=2025-04-01", ["location": "westeurope"])
        let twin = "\(other)/providers/Microsoft.ContainerRegistry/registries/IMAGES1?api-version=2025-11-01"
        #expect(cloud.send(.put, twin, Sound.registry).code == "AlreadyInUse")
    }

    @Test mutating func `quotas, policies and registrations are held to`() throws {
        cloud = Cloud { configuration in
            configuration.quotas = ["Microsoft.ContainerRegistry/registries": 1]
            configuration.policies = [PolicyDenial("allowed-regions", allowedRegions: ["westeurope"])]
            configuration.unregisteredProviders = ["Microsoft.KeyVault"]
        }
        cloud.makeGroup()
        cloud.create("Microsoft.ContainerRegistry/registries/images1", "2025-11-01", Sound.registry)
        let second = address("Microsoft.ContainerRegistry/registries/images2", "2025-11-01")
        #expect(cloud.send(.put, second, Sound.registry).code == "QuotaExceeded")

        let elsewhere = cloud.send(
            .put,
            address("Microsoft.ManagedIdentity/userAssignedIdentities/chat", "2024-11-30"),
            ["location": "eastus"]
        )
        #expect(elsewhere.status == .forbidden)
        #expect(elsewhere.code == "RequestDisallowedByPolicy")
        #expect(elsewhere.json?["error"]?["additionalInfo"]?.array?.first?["type"] == "PolicyViolation")

        let vault = address("Microsoft.KeyVault/vaults/vault1", "2025-05-01")
        #expect(cloud.send(.put, vault, Sound.vault).code == "MissingSubscriptionRegistration")
        let provider = "\(cloud.subscription)/providers/Microsoft.KeyVault"
        let registration = cloud.send(.post, "\(provider)/register?api-version=2016-02-01")
        #expect(registration.json?["registrationState"] == "Registering")
        cloud.advance(30)
        #expect(cloud.send(.get, "\(provider)?api-version=2016-02-01").json?["registrationState"] == "Registered")
        #expect(cloud.send(.put, vault, Sound.vault).status == .created)
    }

    @Test mutating func `a deleted vault keeps its name until it is recovered or purged`() throws {
        let vault = address("Microsoft.KeyVault/vaults/vault1", "2025-05-01")
        cloud.create("Microsoft.KeyVault/vaults/vault1", "2025-05-01", Sound.vault)
        cloud.create("Microsoft.KeyVault/vaults/vault1/secrets/key", "2025-05-01", ["properties": ["value": "shh"]])
        #expect(cloud.send(.delete, vault).status == .ok)
        #expect(cloud.send(.put, vault, Sound.vault).code == "ConflictError")
        let recovery = Sound.vault.with("properties", (Sound.vault["properties"] ?? [:]).with("createMode", "recover"))
        cloud.create("Microsoft.KeyVault/vaults/vault1", "2025-05-01", recovery)
        let secret = cloud.send(
            .get,
            "https://vault1.vault.azure.net/secrets/key?api-version=7.5",
            audience: "https://vault.azure.net"
        )
        #expect(secret.json?["value"] == "shh")

        _ = cloud.send(.delete, vault)
        let deleted = "\(cloud.subscription)/providers/Microsoft.KeyVault/locations/westeurope/deletedVaults/vault1"
        #expect(cloud.send(.get, "\(deleted)?api-version=2025-05-01").status == .ok)
        let purge = cloud.send(.post, "\(deleted)/purge?api-version=2025-05-01")
        #expect(purge.status == .accepted)
        cloud.advance(20)
        #expect(cloud.send(.get, try #require(purge.header("Location"))).status == .noContent)
        #expect(cloud.send(.put, vault, Sound.vault).status == .created)
    }

    @Test mutating func `a protected vault is gone only when its time is over`() {
        let guarded = Sound.vault.with(
            "properties",
            (Sound.vault["properties"] ?? [:]).with("enablePurgeProtection", true).with("softDeleteRetentionInDays", 7)
        )
        cloud.create("Microsoft.KeyVault/vaults/vault1", "2025-05-01", guarded)
        let vault = address("Microsoft.KeyVault/vaults/vault1", "2025-05-01")
        #expect(cloud.send(.put, vault, Sound.vault).status == .badRequest)
        _ = cloud.send(.delete, vault)
        let deleted = "\(cloud.subscription)/providers/Microsoft.KeyVault/locations/westeurope/deletedVaults/vault1"
        #expect(cloud.send(.post, "\(deleted)/purge?api-version=2025-05-01").status == .badRequest)
        cloud.advance(7 * 86_400)
        #expect(cloud.send(.get, "\(deleted)?api-version=2025-05-01").status == .notFound)
        #expect(cloud.send(.put, vault, Sound.vault).status == .created)
    }

    @Test mutating func `a deleted model account must be restored or purged`() throws {
        let model = address("Microsoft.CognitiveServices/accounts/model1", "2025-09-01")
        cloud.create("Microsoft.CognitiveServices/accounts/model1", "2025-09-01", Sound.model)
        _ = cloud.send(.delete, model)
        cloud.advance(20)
        #expect(cloud.send(.put, model, Sound.model).code == "FlagMustBeSetForRestore")
        let list = "\(cloud.subscription)/providers/Microsoft.CognitiveServices/deletedAccounts?api-version=2025-09-01"
        let id = try #require(cloud.send(.get, list).json?["value"]?.array?.first?["id"]?.string)
        #expect(cloud.send(.delete, "\(id)?api-version=2025-09-01").status == .accepted)
        cloud.advance(20)
        #expect(cloud.send(.put, model, Sound.model).status == .created)
    }

    @Test mutating func `a container app starts a revision that becomes healthy, or does not`() throws {
        cloud = Cloud { $0.brokenImages = ["registry.example/chat:2"] }
        cloud.makeGroup()
        cloud.create("Microsoft.App/managedEnvironments/env", "2025-07-01", Sound.environment)
        let environment = "\(cloud.group)/providers/Microsoft.App/managedEnvironments/env"
        let app = address("Microsoft.App/containerApps/chat", "2025-07-01")
        _ = cloud.send(.put, app, Sound.containerApp(in: environment))
        cloud.advance(40)
        let name = try #require(cloud.send(.get, app).json?["properties"]?["latestRevisionName"]?.string)
        #expect(cloud.send(.get, app).json?["properties"]?["latestReadyRevisionName"] == nil)
        let revision = address("Microsoft.App/containerApps/chat/revisions/\(name)", "2025-07-01")
        #expect(cloud.send(.get, revision).json?["properties"]?["healthState"] == "None")
        cloud.advance(10)
        #expect(cloud.send(.get, revision).json?["properties"]?["healthState"] == "Healthy")

        // Nothing new in the template, no new revision.
        _ = cloud.send(.put, app, Sound.containerApp(in: environment).with("tags", ["a": "b"]))
        cloud.advance(100)
        _ = cloud.send(.put, app, Sound.containerApp(in: environment, image: "registry.example/chat:2"))
        cloud.advance(100)
        let list = address("Microsoft.App/containerApps/chat/revisions", "2025-07-01")
        let states = cloud.send(.get, list).json?["value"]?.array?.map { $0["properties"]?["healthState"] }
        #expect(states == ["Healthy", "Unhealthy"])
        #expect(cloud.send(.get, app).json?["properties"]?["latestReadyRevisionName"]?.string == name)
    }
}
