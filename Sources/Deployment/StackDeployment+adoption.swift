import Azure
import JSONText
import Planning
import Renderers

extension StackDeployment {
    /// Follows what others have begun to its end, all at once: a run that was killed leaves operations behind.
    ///
    /// - Parameters:
    ///   - live: What is there.
    ///   - types: The types of what matters, by identifier.
    ///   - report: Is told what is waited for.
    /// - Returns: What is there then.
    /// - Throws: ``DeploymentError/stuck(_:after:)``, errors of Azure.
    func settled(
        _ live: LiveResources,
        _ types: [String: ResourceType],
        _ report: @escaping @Sendable (DeploymentEvent) -> Void
    ) async throws -> LiveResources {
        var live = live
        try await withThrowingTaskGroup(of: (String, JSON?).self) { group in
            for (id, type) in types where live.isInMotion(id) {
                group.addTask {
                    report(.started(id, .adopting))
                    let elapsed = session.connection.time.stopwatch()
                    let document = try await followed(id, type)
                    report(.succeeded(id, after: elapsed()))
                    return (id, document)
                }
            }
            for try await (id, document) in group { live[id] = document }
        }
        return live
    }

    /// - Returns: The resource when nothing goes on with it any more; `nil` where it is gone.
    private func followed(_ id: String, _ type: ResourceType) async throws -> JSON? {
        let time = session.connection.time
        let elapsed = time.stopwatch()
        let budget = type.operation.budget
        let pace = type.operation.pace
        var looks = 0
        while let document = try await LiveReader(session.plane).read(id, type) {
            guard OperationState(ofResource: document) == .running else { return document }
            guard elapsed() < budget else { throw DeploymentError.stuck(id, after: budget) }
            try await time.pause(for: pace.wait(before: looks))
            looks += 1
        }
        return nil
    }
}
