import Planning

/// An estimate for a pull request or a step summary.
enum CostMarkdown {
    static func text(_ estimate: CostEstimate) -> String {
        let words = CostWords(estimate: estimate)
        var lines = ["### \(words.title)", "", words.caveat, ""]
        lines += [words.saving, words.unpriced].compactMap(\.self).flatMap { [$0, ""] }
        lines += ["| resource | a month | | for |", "| --- | ---: | --- | --- |"]
        lines += estimate.lines.map { line in
            let cells = [
                CostWords.name(of: line.subject), CostWords.amount(of: line), line.isAlwaysOn ? "always on" : "",
                CostWords.details(of: line),
            ]
            return row(cells)
        }
        lines += estimate.grants.map { grant in
            row(["free each month", Amounts.dollars(-grant.amount), "", grant.price.meter.words])
        }
        lines += [row(["**total**", "**\(Amounts.dollars(estimate.total))**", "", ""]), ""]
        lines += folded("Assumptions", words.assumptions.map { "\(Amounts.number($0.value)) \($0.words)" })
        lines += folded("Prices to look up before you rely on them", words.doubtful)
        return lines.joined(separator: "\n")
    }

    private static func row(_ cells: [String]) -> String {
        "| \(cells.map { $0.replacing("|", with: "\\|").replacing("<", with: "&lt;") }.joined(separator: " | ")) |"
    }

    private static func folded(_ title: String, _ items: [String]) -> [String] {
        items.isEmpty
            ? [] : ["<details><summary>\(title)</summary>", ""] + items.map { "- \($0)" } + ["", "</details>"]
    }
}
