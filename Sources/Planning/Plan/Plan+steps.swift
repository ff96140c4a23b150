extension Plan {
    /// Makes a plan of steps that somebody has worked out already; there are no operations to carry it out.
    package init(
        steps: [Step],
        unchanged: Int,
        refusals: [Refusal] = [],
        missingSecrets: [String] = []
    ) {
        self.steps = steps
        self.operations = []
        self.unchanged = unchanged
        self.refusals = refusals
        self.missingSecrets = missingSecrets
    }
}
