/// What is drawn on a terminal and is drawn over again, as the bytes that do it.
///
/// Lines that stay are stepped over and none is cleared before it is written, so that nothing flickers. The cursor
/// rests below the last line.
///
/// Source of the sequences: ECMA-48, 8.3.22 CUU, 8.3.39 ED, 8.3.41 EL.
struct TreeScreen {
    private var drawn: [String] = []
    private var columns = 0

    private static let clearToEndOfLine = "\u{1B}[K"
    private static let clearToEndOfScreen = "\u{1B}[J"

    /// Draws lines in the place of those drawn last.
    ///
    /// - Parameters:
    ///   - lines: Each must be shorter than the terminal is wide, and they must be fewer than its rows.
    ///   - columns: How wide the terminal is now.
    ///   - above: Lines that stay, written over the drawing, which goes on below them.
    /// - Returns: What to write; nothing where nothing changes.
    mutating func frame(_ lines: [String], columns: Int, above: [String] = []) -> String {
        let isResized = columns != self.columns
        guard isResized || lines != drawn || !above.isEmpty else { return "" }
        defer { (drawn, self.columns) = (lines, columns) }
        let start = "\r" + (drawn.isEmpty ? "" : "\u{1B}[\(height(at: columns))A")
        // After a change of size nobody knows what stands where.
        if isResized || !above.isEmpty {
            return start + Self.clearToEndOfScreen + (above + lines).map { "\($0)\n" }.joined()
        }
        let rewritten = lines.enumerated().map { index, line in
            drawn.indices.contains(index) && drawn[index] == line ? "\n" : "\(line)\(Self.clearToEndOfLine)\n"
        }
        return start + rewritten.joined() + (lines.count < drawn.count ? Self.clearToEndOfScreen : "")
    }

    /// How many rows the drawn lines take, now that a terminal may have wrapped them.
    private func height(at columns: Int) -> Int {
        drawn.reduce(0) { rows, line in
            rows + max(1, (line.withoutControls.columns + columns - 1) / max(columns, 1))
        }
    }
}
