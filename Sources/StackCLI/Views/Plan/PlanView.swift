import Planning

/// A plan for people.
struct PlanView {
    let palette: Palette
    /// How many characters of a value are shown; `nil` for all.
    let valueLimit: Int?

    func lines(_ plan: Plan) -> [String] {
        let counts = PlanCounts(plan)
        guard !counts.isEmpty else { return ["Nothing to do: \(counts.words)."] }
        let words = PlanWords(valueLimit: valueLimit)
        let steps = PlannedChange.allCases.flatMap { counts.steps[$0] ?? [] }
        let lines = steps.flatMap { words.lines($0).map { palette.paint($0, indent: 0) } }
        return lines.map(WorkflowCommand.harmless) + ["", "Plan: \(counts.words)."]
    }
}
