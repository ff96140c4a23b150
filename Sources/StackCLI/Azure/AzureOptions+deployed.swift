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
        try await withSession(for: graph.name, where: .deployed, in: environment) { session in
            try await body(session, ARMTemplate(graph))
        }
    }
}

/// Whether the resource group must be there already.
enum PlaceDemand: Sendable, Hashable {
    case any
    case deployed
}

extension Failure {
    static func notDeployed(_ group: String) -> Failure {
        Failure("There is no resource group '\(group)'. Deploy the stack with `infra up --target azure`.")
    }
}
