extension Plan {
    /// Makes a plan of steps that somebody has worked out already.
    package init(steps: [Step], unchanged: Int) {
        self.steps = steps
        self.unchanged = unchanged
    }
}
