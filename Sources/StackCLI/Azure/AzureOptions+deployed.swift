import Deployment
import Planning
import Renderers
import StackGraph

extension AzureOptions {
    /// Finds a stack that has been deployed, and hands it on.
    ///
    /// - Parameters:
    ///   - graph: The stack.
    ///   - environment: Credentials, and what the options leave open.
    ///   - body: What to do there.
    /// - Returns: What the body returns.
    /// - Throws: ``Failure`` where it is not there; what ``withSession(for:in:onEvent:_:)`` throws.
    func withDeployment<Result: Sendable>(
        of graph: Graph,
        in environment: UserEnvironment,
        _ body: (AzureSession, ARMTemplate) async throws -> Result
    ) async throws -> Result {
        do {
            return try await withSession(for: graph.name, in: environment) { session in
                guard session.isDeployed else { throw Failure.notDeployed(session.scope.resourceGroup) }
                return try await body(session, ARMTemplate(graph))
            }
        } catch AzurePlaceError.missingLocation(let group) {
            throw Failure.notDeployed(group)
        }
    }
}

extension Failure {
    static func notDeployed(_ group: String) -> Failure {
        Failure("There is no resource group '\(group)'. Deploy the stack with `infra up --target azure`.")
    }
}
