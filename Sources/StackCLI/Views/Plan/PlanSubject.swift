import JSONText
import Planning

/// What a plan is about: which stack, at which stage, in which place.
struct PlanSubject: Sendable, Hashable {
    let stack: String
    let stage: String
    let scope: DeploymentScope

    /// The facts by name, in the order of telling them.
    var facts: KeyValuePairs<String, String> {
        [
            "stack": stack, "stage": stage, "tenant": scope.tenant, "subscription": scope.subscription,
            "resourceGroup": scope.resourceGroup, "location": scope.location,
        ]
    }

    var json: JSON { .object(facts.map { JSON.Member($0.key, .string($0.value)) }) }
}
