import Planning

/// The end of a deployment for people.
struct DeploymentEnding {
    let palette: Palette

    func lines(_ summary: DeploymentSummary, _ names: ResourceNames) -> [String] {
        let words = DeploymentWords(summary: summary, names: names)
        let parts = [
            failures(words), skips(words), outputs(summary.outputs), chain(words), [verdict(words)],
            [words.advice].compactMap(\.self),
        ]
        return parts.filter { !$0.isEmpty }.flatMap { $0 + [""] }.dropLast().map(WorkflowCommand.harmless)
    }

    private func verdict(_ words: DeploymentWords) -> String {
        switch words.summary.verdict {
        case .done: palette.paint(words.title, .green)
        case .failed: palette.paint(words.title, .red)
        case .interrupted: palette.paint(words.title, .yellow)
        }
    }

    /// For each exactly what a person needs to go on; what mends several is said once, below them.
    private func failures(_ words: DeploymentWords) -> [String] {
        words.failuresByRemedy.flatMap { remedy, failures in
            failures.flatMap(failure) + [
                "  → \(failures.count == 1 ? "" : "All \(failures.count): ")\(remedy.onOneLine)"
            ]
        }
    }

    private func failure(_ failure: DeploymentWords.Failed) -> [String] {
        let request = failure.problem.requestID.map { "request \($0.onOneLine)" } ?? "no request id"
        return [
            "\(palette.paint("✗", .red)) \(palette.bold(failure.name))",
            "  \(failure.problem.words)",
            "  \(palette.dim(request))",
        ] + failure.problem.log.map { "  \(palette.dim("│")) \($0.onOneLine)" }
    }

    private func skips(_ words: DeploymentWords) -> [String] {
        words.skips.isEmpty ? [] : ["Skipped:"] + words.skips.map { "  \($0)" }
    }

    private func outputs(_ outputs: [DeploymentOutput]) -> [String] {
        guard !outputs.isEmpty else { return [] }
        let rows = outputs.map { [$0.name.onOneLine, $0.value.onOneLine, $0.description.onOneLine] }
        return TextTable.rows([["OUTPUT", "VALUE", ""]] + rows).enumerated().map { index, row in
            let line = index == 0 ? row.prefix(2).joined(separator: "  ") : row.joined(separator: "  ")
            return index == 0 ? palette.dim(line.trimmed) : line.trimmed
        }
    }

    private func chain(_ words: DeploymentWords) -> [String] {
        guard let title = words.chain else { return [] }
        let steps = words.summary.criticalPath.map { step in
            [Elapsed.words(step.duration), words.names[step.id].description]
        }
        let width = steps.map { $0[0].count }.max() ?? 0
        return [title]
            + steps.map { "  \(String(repeating: " ", count: width - $0[0].count))\(palette.dim($0[0]))  \($0[1])" }
    }
}

extension String {
    /// The text without spaces at its end.
    fileprivate var trimmed: String {
        String(self[..<(lastIndex { $0 != " " }.map { index(after: $0) } ?? startIndex)])
    }
}
