import Planning
import Renderers
import SampleStacks
import StackGraph

/// Plans of real stacks, as a first deployment makes them.
enum SamplePlans {
    static let scope = DeploymentScope(
        tenant: "11111111-1111-1111-1111-111111111111",
        subscription: "22222222-2222-2222-2222-222222222222",
        resourceGroup: "shop",
        location: "westeurope"
    )

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

    static func first(_ graph: Graph) throws -> Plan {
        Plan(desired: try desired(graph), live: [:], applied: [:])
    }
}
