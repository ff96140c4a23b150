import JSONText
import SampleStacks
import Settings
import StackGraph
import StackModel
import Testing

@testable import Renderers

/// What Azure gets, in the printing that is easiest to look into.
struct ARMTemplateTests {
    let resources: [JSON]

    init() throws {
        let template = ARMTemplate(try SampleStacks.complete())
        let document = try JSON(parsing: ARMTemplatePrinter(template).main.utf8)
        self.resources = document["resources"]?.array ?? []
    }

    private func resource(_ type: ResourceType, where isWanted: (JSON) -> Bool = { _ in true }) throws -> JSON {
        try #require(resources.first { $0["type"]?.string == type.rawValue && isWanted($0) })
    }

    private func properties(_ type: ResourceType) throws -> JSON { try #require(try resource(type)["properties"]) }

    @Test func `nobody gets in with a key or a password`() throws {
        #expect(try properties(.storageAccount)["allowSharedKeyAccess"] == false)
        #expect(try properties(.storageAccount)["allowBlobPublicAccess"] == false)
        #expect(try properties(.storageAccount)["minimumTlsVersion"] == "TLS1_2")
        #expect(try properties(.namespace)["disableLocalAuth"] == true)
        #expect(try properties(.databaseAccount)["disableLocalAuth"] == true)
        #expect(try properties(.modelAccount)["disableLocalAuth"] == true)
        #expect(try properties(.insights)["DisableLocalAuth"] == true)
        #expect(try properties(.cacheDatabase)["accessKeysAuthentication"] == "Disabled")
        #expect(try properties(.registry)["adminUserEnabled"] == false)
        #expect(try properties(.vault)["enableRbacAuthorization"] == true)
        let policies = resources.filter { $0["type"]?.string == ResourceType.publishingPolicy.rawValue }
        #expect(policies.count == 2 && policies.allSatisfy { $0["properties"]?["allow"] == false })
    }

    @Test func `a queue has the times and limits of the model`() throws {
        let jobs = try resource(.queue) { $0["name"]?.string?.contains("/jobs") == true }
        let properties = try #require(jobs["properties"])
        #expect(properties["lockDuration"] == "PT5M")
        #expect(properties["maxDeliveryCount"] == 3)
        #expect(properties["requiresDuplicateDetection"] == true)
        #expect(properties["duplicateDetectionHistoryTimeWindow"] == "P1DT12H")
        #expect(properties["defaultMessageTimeToLive"] == "P14D")
        #expect(properties["forwardDeadLetteredMessagesTo"] == "failed-jobs")
    }

    @Test func `a subscription takes only its subjects`() throws {
        let rule = try resource(.rule)
        #expect(rule["name"]?.string?.contains("/news/readers/$Default") == true)
        #expect(rule["properties"]?["sqlFilter"]?["sqlExpression"] == "sys.Label IN ('a', 'it''s')")
    }

    @Test func `a worker sleeps until its backlog wakes it, with its own identity`() throws {
        let worker = try resource(.containerApp) { $0["name"] == "worker" }
        let template = try #require(worker["properties"]?["template"])
        #expect(template["scale"]?["minReplicas"] == 0)
        let rules = try #require(template["scale"]?["rules"]?.array)
        #expect(rules.map { $0["custom"]?["type"] } == ["azure-servicebus", "azure-servicebus"])
        #expect(rules[0]["custom"]?["metadata"]?["subscriptionName"] == "readers")
        #expect(rules[0]["custom"]?["metadata"]?["topicName"] == "news")
        #expect(rules[1]["custom"]?["metadata"]?["messageCount"] == "9")
        let identity = "[resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', 'worker-identity')]"
        #expect(rules[0]["custom"]?["identity"]?.string == identity)
        #expect(worker["properties"]?["configuration"]?["ingress"] == nil)
        #expect(worker["properties"]?["configuration"]?["registries"]?.array?.first?["identity"]?.string == identity)
    }

    @Test func `a secret reaches a container by reference to the vault`() throws {
        let api = try resource(.containerApp) { $0["name"] == "api" }
        let configuration = try #require(api["properties"]?["configuration"])
        let secret = try #require(configuration["secrets"]?.array?.first)
        #expect(secret["name"] == "api-key")
        #expect(secret["keyVaultUrl"]?.string?.hasSuffix(".secretUri]") == true)
        let container = try #require(api["properties"]?["template"]?["containers"]?.array?.first)
        let variable = try #require(container["env"]?.array?.first { $0["name"] == "API_KEY" })
        #expect(variable == ["name": "API_KEY", "secretRef": "api-key"])
        #expect(container["resources"] == ["cpu": 1.5, "memory": "3Gi"])
        #expect(container["probes"]?.array?.map { $0["type"] } == ["Startup", "Liveness", "Readiness"])
    }

    @Test func `a function app runs its own program on Flex Consumption and is published with its identity`() throws {
        let site = try resource(.site)
        #expect(site["kind"] == "functionapp,linux")
        let app = try #require(site["properties"]?["functionAppConfig"])
        #expect(app["runtime"] == ["name": "custom", "version": "1.0"])
        #expect(app["scaleAndConcurrency"]?["maximumInstanceCount"] == 40)
        #expect(app["deployment"]?["storage"]?["authentication"]?["type"] == "UserAssignedIdentity")
        let plan = try resource(.plan)
        #expect(plan["sku"]?["name"] == "FC1")
        let settings = try properties(.siteSettings)
        #expect(settings["BUS"] == nil)
        #expect(settings["BUS__credential"] == "managedidentity")
        #expect(settings["BUS__fullyQualifiedNamespace"]?.string?.contains("serviceBusEndpoint") == true)
        // Settings that a Flex Consumption plan refuses or ignores.
        let refused = ["FUNCTIONS_WORKER_RUNTIME", "FUNCTIONS_EXTENSION_VERSION", "WEBSITE_RUN_FROM_PACKAGE"]
        #expect(refused.allSatisfy { settings[$0] == nil })
    }

    @Test func `a stack that spans zones does so wherever Azure lets it, and says where not`() throws {
        #expect(try resource(.storageAccount)["sku"]?["name"] == "Standard_ZRS")
        #expect(try properties(.plan)["zoneRedundant"] == true)
        #expect(try properties(.cache)["highAvailability"] == "Enabled")
        #expect(try properties(.databaseAccount)["locations"]?.array?.first?["isZoneRedundant"] == true)
        let losses = ARMTemplate(try SampleStacks.complete()).losses
        #expect(losses.contains { $0.resource == nil && $0.loss.contains("one zone") })
    }

    @Test func `each permission is as narrow as its reference, and given once`() throws {
        let assignments = resources.filter { $0["type"]?.string == ResourceType.roleAssignment.rawValue }
        let scopes = assignments.compactMap { $0["scope"]?.string }
        #expect(scopes.count == assignments.count)
        #expect(scopes.contains { $0.contains("namespaces/topics/subscriptions'") && $0.contains("'readers'") })
        #expect(scopes.contains { $0.contains("vaults/secrets'") && $0.contains("'API-KEY'") })
        #expect(!scopes.contains { $0.contains("'Microsoft.ServiceBus/namespaces'") })
        #expect(Set(assignments.map(\.text)).count == assignments.count)
        #expect(assignments.allSatisfy { $0["properties"]?["principalType"] == "ServicePrincipal" })
    }

    @Test func `what logs anything sends it to the workspace`() throws {
        let scopes = resources.filter { $0["type"]?.string == ResourceType.diagnostics.rawValue }
            .compactMap { $0["scope"]?.string }
        for type in [ResourceType.namespace, .containerEnvironment, .vault, .registry, .site, .databaseAccount, .cache]
        {
            #expect(scopes.contains { $0.contains("'\(type.rawValue)'") }, "\(type)")
        }
    }

    @Test func `queues that would send dead letters round in a circle keep them`() throws {
        let first = Queue("first", of: Job.self)
        let second = Queue("second", of: Job.self)
        let registry = ContainerRegistry("registry")
        let apps = [(first, second), (second, first)].enumerated().map { index, queues in
            WorkerContainer(
                Name("worker-\(index)"),
                running: Idle.self,
                image: registry.image("worker", tag: "1"),
                consuming: queues.0,
                deadLetters: queues.1,
                scale: .fixed(1)
            )
        }
        let graph = try Stack("circle", [first, second, registry] + apps).lowered()
        #expect(graph.deadLetterTargets == [ResourceID("first"): ResourceID("second")])
    }

    @Test func `more resources than a template takes are told`() throws {
        let queues = (0..<801).map { Queue(Name("queue-\($0)"), of: Job.self) }
        let losses = ARMTemplate(try Stack("many", queues).lowered()).losses
        #expect(losses.map(\.loss) == ["has 802 resources, and one template takes 800"])
    }
}

private struct Job {}

private enum Idle: ServiceContract {
    static let executable = "Idle"
    static let settings: [SettingDeclaration] = []
}
