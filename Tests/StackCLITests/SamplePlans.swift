import JSONText
import Renderers
import SampleStacks
import StackGraph

@testable public import Planning
@testable import StackCLI

/// Plans of real stacks, and one with every kind of step.
enum SamplePlans {
    static let scope = DeploymentScope(
        tenant: "11111111-1111-1111-1111-111111111111",
        subscription: "22222222-2222-2222-2222-222222222222",
        resourceGroup: "shop",
        location: "westeurope"
    )
    static let subject = PlanSubject(stack: "shop", stage: "dev", scope: scope)

    /// What every secret is here, to be found where it must not be.
    static let canary = "canary-9f8e7d"

    static func desired(_ graph: Graph) throws -> [DesiredResource] {
        let template = ARMTemplate(graph)
        let secrets = template.parameters.compactMap { parameter in
            if case .secret = parameter.kind { parameter.name } else { nil }
        }
        return try ARMResolver(
            template,
            in: scope,
            parameters: Dictionary(uniqueKeysWithValues: secrets.map { ($0, canary) })
        ) { _, _ in nil }.desired()
    }

    /// What a first deployment does.
    static func first(_ graph: Graph) throws -> Plan {
        Plan(desired: try desired(graph), live: [:], applied: [:])
    }

    static func id(_ path: String) -> String { "\(scope.identifier)/providers/\(path)" }

    static let bus = id("Microsoft.ServiceBus/namespaces/bus-x1")
    static let app = id("Microsoft.App/containerApps/api")
    static let secret = id("Microsoft.KeyVault/vaults/vault-x1/secrets/API-KEY")
    static let role = "\(bus)/providers/Microsoft.Authorization/roleAssignments/3c5db2f6-a26b-5bdd-9033-f7d50ee41e36"

    static func path(_ names: String...) -> PropertyPath { PropertyPath(names.map { .member($0) }) }

    static func step(
        _ id: String,
        _ type: ResourceType,
        _ node: String?,
        _ action: Plan.Action,
        cause: String? = nil
    ) -> Plan.Step {
        Plan.Step(id: id, type: type, node: node.map { ResourceID($0) }, action: action, cause: cause)
    }

    /// Every kind of step, and every kind of value.
    static let mixed = Plan(
        steps: [
            step(
                app,
                .containerApp,
                "api",
                .create([
                    "location": "westeurope",
                    "properties": [
                        "environmentId": .expression("environment.id"), "empty": [:],
                        "containers": .list([["name": "api", "key": Value.string(canary).hidden]]),
                        "zones": .list(["1", "2"]),
                    ],
                ]),
                cause: bus
            ),
            step(
                "\(bus)/queues/jobs",
                .queue,
                "jobs",
                .replace(
                    [
                        .init(
                            path("properties", "requiresDuplicateDetection"),
                            .changed(from: .bool(false), to: .bool(true))
                        ),
                        .init(path("properties", "lockDuration"), .changed(from: "PT30S", to: "PT1M")),
                    ],
                    because: [path("properties", "requiresDuplicateDetection")]
                )
            ),
            step(
                secret,
                .secret,
                "vault",
                .update([
                    .init(
                        path("properties", "value"),
                        .changed(from: .string(canary), to: Value.string(canary + "2").hidden)
                    )
                ])
            ),
            step(
                bus,
                .namespace,
                nil,
                .update([
                    .init(path("tags", "a.b"), .removed("x")), .init(path("sku", "name"), .added("Standard")),
                    .init(path("properties", "url"), .changed(from: "old", to: .expression("site.properties.url"))),
                ])
            ),
            step(role, .roleAssignment, nil, .delete),
            step("\(bus)/queues/old", .queue, nil, .delete, cause: role),
        ],
        unchanged: 52
    )
}

extension Value: ExpressibleByDictionaryLiteral {
    public init(dictionaryLiteral elements: (String, Value)...) {
        self = .object(elements.map { Member($0.0, $0.1) })
    }
}
