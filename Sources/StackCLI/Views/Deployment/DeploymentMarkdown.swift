import Planning

/// The end of a deployment for a step summary: what is wrong first.
enum DeploymentMarkdown {
    static func text(
        _ summary: DeploymentSummary,
        _ names: ResourceNames,
        stack: String,
        byteLimit: Int = Markdown.byteLimit
    ) -> String {
        let words = DeploymentWords(summary: summary, names: names)
        var report = MarkdownReport(byteLimit: byteLimit, remedy: "see the log")
        report.add("### \(Markdown.plain(stack)): \(words.title)")
        report.add()
        report.addList("Failed", words.failures.map(failure))
        report.addList("Skipped", words.skips.map(Markdown.plain))
        if let advice = words.advice {
            report.add(advice)
            report.add()
        }
        report.addTable(
            ["output", "value", ""],
            summary.outputs.map { output in
                [Markdown.plain(output.name), Markdown.code(output.value), Markdown.plain(output.description)]
            }
        )
        if let chain = words.chain {
            let steps = summary.criticalPath.map { "  \(Elapsed.words($0.duration))  \(names[$0.id])" }
            report.addFold(chain, steps)
        }
        return report.text
    }

    private static func failure(_ failure: DeploymentWords.Failed) -> String {
        let problem = failure.problem
        let request = problem.requestID.map { "request \(Markdown.excerpt($0))" } ?? "no request id"
        return
            "\(Markdown.code(failure.name)): **\(Markdown.excerpt(problem.code))** \(Markdown.excerpt(problem.message))"
            + "<br>\(request)<br>→ \(Markdown.excerpt(problem.remedy))"
    }
}
