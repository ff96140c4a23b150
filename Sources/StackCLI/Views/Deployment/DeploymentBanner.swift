import Planning

/// Where a deployment goes and what everybody will reach there, to be seen before anything is written.
struct DeploymentBanner {
    let palette: Palette

    /// The lines of the banner.
    ///
    /// - Parameters:
    ///   - target: Where it goes.
    ///   - stage: The stage of the stack.
    ///   - names: The names of what everybody will reach; `nil` where everything goes.
    /// - Returns: A line for each fact.
    func lines(_ target: DeploymentTarget, stage: String, reach names: [String]?) -> [String] {
        let facts = [
            ("stack", "\(target.stack), stage \(stage)"),
            ("subscription", "\(target.subscriptionName) (\(target.scope.subscription))"),
            ("tenant", target.scope.tenant),
            ("account", target.account),
            ("resource group", target.scope.resourceGroup),
            ("region", target.scope.location),
        ]
        let width = facts.map(\.0.count).max() ?? 0
        let lines = facts.map { name, value in "\(palette.dim(name.padded(to: width)))  \(value.onOneLine)" }
        return (lines + [names.map { reach($0, width) }].compactMap(\.self)).map(WorkflowCommand.harmless)
    }

    private func reach(_ names: [String], _ width: Int) -> String {
        let label = palette.dim("public".padded(to: width))
        guard !names.isEmpty else {
            return "\(label)  \(palette.paint("nothing: the internet reaches no part of this stack", .yellow))"
        }
        return "\(label)  \(palette.bold(names.map(\.onOneLine).joined(separator: ", ")))"
    }
}
