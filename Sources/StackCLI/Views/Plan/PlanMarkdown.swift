import Planning

/// A plan for a pull request or a step summary: what leaves first, details folded.
enum PlanMarkdown {
    static func text(_ plan: Plan, of subject: PlanSubject, byteLimit: Int = Markdown.byteLimit) -> String {
        let counts = PlanCounts(plan)
        var report = MarkdownReport(byteLimit: byteLimit, remedy: "see `infra preview`")
        report.add(counts.isEmpty ? "### Nothing to do: \(counts.words)" : "### Plan: \(counts.markdown)")
        report.add()
        report.add(place(subject))
        report.add()
        report.addList("To delete", (counts.steps[.delete] ?? []).map { Markdown.code(ResourceName($0).description) })
        report.addList("To replace", (counts.steps[.replace] ?? []).map(replacement))
        let words = PlanWords(valueLimit: nil)
        for change in PlannedChange.allCases {
            guard let steps = counts.steps[change] else { continue }
            report.addFold("\(steps.count) to \(change.rawValue)", steps.flatMap(words.details).map(\.diffText))
        }
        return report.text
    }

    private static func replacement(_ step: Plan.Step) -> String {
        let name = Markdown.code(ResourceName(step).description)
        guard case .replace(_, let forcing) = step.action, !forcing.isEmpty else { return name }
        return "\(name), because of \(forcing.map { Markdown.code($0.description) }.joined(separator: ", "))"
    }

    private static func place(_ subject: PlanSubject) -> String {
        "Stack \(Markdown.code(subject.stack)), stage \(Markdown.code(subject.stage)), "
            + "resource group \(Markdown.code(subject.scope.resourceGroup)), "
            + "subscription \(Markdown.code(subject.scope.subscription))"
    }
}
