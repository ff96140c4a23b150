import Planning

/// An estimate for people.
struct CostView {
    let palette: Palette

    func lines(_ estimate: CostEstimate) -> [String] {
        let words = CostWords(estimate: estimate)
        var lines = [palette.bold(words.title), palette.dim(words.caveat), ""]
        lines += table(estimate) + [""]
        lines += [words.saving, words.unpriced.map { palette.paint($0, .yellow) }].compactMap(\.self)
        if !words.doubtful.isEmpty {
            lines.append("Prices to look up before you rely on them:")
            lines += words.doubtful.map { palette.paint("  \($0)", .yellow) }
        }
        lines.append("Assumed for a month:")
        return lines + assumptions(words.assumptions)
    }

    private func table(_ estimate: CostEstimate) -> [String] {
        var rows = estimate.lines.map { line in
            [
                CostWords.name(of: line.subject), CostWords.amount(of: line), line.isAlwaysOn ? "always on" : "",
                CostWords.details(of: line),
            ]
        }
        rows += estimate.grants.map { grant in
            let words = "\(Amounts.quantity(grant)), \(grant.price.meter.words)"
            return ["free each month", Amounts.dollars(-grant.amount), "", words]
        }
        rows.append(["total", Amounts.dollars(estimate.total), "", ""])
        let header = ["RESOURCE", "A MONTH", "", "FOR"]
        let widths = header.indices.map { column in ([header] + rows).map { $0[column].count }.max() ?? 0 }
        return ([header] + rows).enumerated().map { index, row in
            let name = row[0].padded(to: widths[0])
            let amount = String(repeating: " ", count: widths[1] - row[1].count) + row[1]
            let flag = row[2].padded(to: widths[2])
            let line = "\(name)  \(amount)  \(palette.paint(flag, .yellow))  \(palette.dim(row[3]))"
            let isPlain = index == 0 || index == rows.count
            return isPlain ? palette.bold("\(name)  \(amount)  \(flag)  \(row[3])".withoutTrailingSpaces) : line
        }
    }

    private func assumptions(_ assumptions: [UsageAssumption]) -> [String] {
        let values = assumptions.map { Amounts.number($0.value) }
        let width = values.map(\.count).max() ?? 0
        return zip(assumptions, values).map { assumption, value in
            let padding = String(repeating: " ", count: width - value.count)
            return "  \(padding)\(value) \(assumption.words) \(palette.dim("(\(assumption.option))"))"
        }
    }
}

extension String {
    fileprivate var withoutTrailingSpaces: String {
        String(self[..<(lastIndex { $0 != " " }.map { index(after: $0) } ?? startIndex)])
    }
}
