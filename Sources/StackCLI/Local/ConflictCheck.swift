import Supervisor

/// Looks for ports of a plan that are taken.
struct ConflictCheck {
    let plan: LocalPlan

    /// The ports that stay taken.
    ///
    /// Services of a run that was killed a moment ago notice it by themselves and end; they get a second for it.
    func conflicts() async throws -> [PortHolder] {
        let ours = Set(plan.processes.map { String($0.executable.prefix(15)) })
        for _ in 0..<100 {
            let conflicts = PortHolder.conflicts(with: plan)
            guard conflicts.contains(where: { $0.process.map { ours.contains($0.name) } ?? false }) else {
                return conflicts
            }
            try await Task.sleep(for: .milliseconds(20))
        }
        return PortHolder.conflicts(with: plan)
    }
}
