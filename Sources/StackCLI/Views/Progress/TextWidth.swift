extension String {
    /// How many columns a terminal gives the text at most.
    ///
    /// Terminals do not agree about joined emoji, so each part of one is counted.
    var columns: Int { unicodeScalars.reduce(0) { $0 + $1.columns } }

    /// The text, cut with an ellipsis where it has more columns.
    func fitted(to limit: Int) -> String {
        guard utf8.count > limit, columns > limit else { return self }
        guard limit > 0 else { return "" }
        var room = limit - 1
        var kept = String.UnicodeScalarView()
        for scalar in unicodeScalars {
            room -= scalar.columns
            guard room >= 0 else { break }
            kept.append(scalar)
        }
        return String(kept) + "…"
    }
}

extension Unicode.Scalar {
    /// Source: unicode.org/reports/tr11 for the wide ranges.
    fileprivate var columns: Int {
        if value < 0x300 { return 1 }
        switch properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .control: return value == 0xFE0F ? 1 : 0
        default: return isWide || properties.isEmojiPresentation ? 2 : 1
        }
    }

    private var isWide: Bool {
        switch value {
        case 0x1100...0x115F, 0x231A...0x231B, 0x2E80...0x303E, 0x3041...0xA4CF, 0xA960...0xA97C, 0xAC00...0xD7A3,
            0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x16FE0...0x18DFF,
            0x1AFF0...0x1B2FF, 0x1F000...0x1FAFF, 0x20000...0x3FFFD:
            true
        default: false
        }
    }
}
