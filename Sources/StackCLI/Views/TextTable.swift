/// Rows of words under headings, each column as wide as its widest word.
struct TextTable {
    let palette: Palette

    struct Cell {
        let text: String
        let color: Palette.Color?

        init(_ text: String, _ color: Palette.Color? = nil) {
            self.text = text.withoutControls
            self.color = color
        }
    }

    /// The lines of a table, the headings first; nothing where there are no rows.
    func lines(_ headings: [String], _ rows: [[Cell]]) -> [String] {
        guard !rows.isEmpty else { return [] }
        let texts = Self.rows([headings] + rows.map { $0.map(\.text) })
        let header = palette.dim(texts[0].joined(separator: "  "))
        return [header]
            + zip(rows, texts.dropFirst()).map { row, texts in
                row.indices.map { column in
                    let painted = row[column].color.map { palette.paint(texts[column], $0) } ?? texts[column]
                    return column == 0 ? palette.bold(painted) : painted
                }
                .joined(separator: "  ")
            }
    }

    /// The rows with spaces between their cells; the last column needs none after it.
    static func rows(_ rows: [[String]]) -> [[String]] {
        let count = rows.map(\.count).max() ?? 0
        let widths = (0..<count).map { column in
            rows.map { $0.indices.contains(column) ? $0[column].count : 0 }.max() ?? 0
        }
        return rows.map { row in zip(row.dropLast(), widths).map { $0.padded(to: $1) } + row.suffix(1) }
    }
}
