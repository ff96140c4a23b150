/// Rows in columns that are as wide as what stands in them.
enum TextTable {
    /// The rows with spaces between their cells; the last column needs none after it.
    static func rows(_ rows: [[String]]) -> [[String]] {
        let count = rows.map(\.count).max() ?? 0
        let widths = (0..<count).map { column in
            rows.map { $0.indices.contains(column) ? $0[column].count : 0 }.max() ?? 0
        }
        return rows.map { row in zip(row.dropLast(), widths).map { $0.padded(to: $1) } + row.suffix(1) }
    }
}
