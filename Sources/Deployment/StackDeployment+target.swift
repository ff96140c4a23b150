import Azure
import JSONText
package import Planning
import Renderers

extension StackDeployment {
    /// Where the stack goes, and what of it everybody will be able to reach.
    package func target(of survey: Survey) async throws -> DeploymentTarget {
        let account = try await SignedInAccount(of: session)
        return DeploymentTarget(
            stack: template.stack,
            scope: session.scope,
            subscriptionName: session.subscriptionName,
            account: account.name,
            publicResources: survey.desired.filter(\.isPublic).compactMap { ResourceIdentifier($0.id)?.name }
        )
    }

    /// What a deployed stack tells of itself.
    package func outputs(of survey: Survey) -> [DeploymentOutput] {
        let live = survey.live
        return template.outputs(by: resolver([:]) { live.property($0, of: $1) })
    }
}

extension DesiredResource {
    fileprivate var isPublic: Bool {
        switch type {
        case .site: true
        case .containerApp:
            body["properties"]?["configuration"]?["ingress"]?["external"]?.scalar == "true"
        default: false
        }
    }
}

extension ARMTemplate {
    /// What the stack tells of itself, as far as it is known.
    func outputs(by resolver: ARMResolver) -> [DeploymentOutput] {
        outputs.compactMap { output in
            guard let value = try? resolver.json(output.value) else { return nil }
            return DeploymentOutput(
                name: output.name,
                description: output.description,
                value: value.string ?? value.text
            )
        }
    }
}
