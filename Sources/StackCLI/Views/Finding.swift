/// One line of a doctor.
struct Finding {
    enum Kind { case good, warning, bad }

    let kind: Kind
    let text: String

    init(_ kind: Kind, _ text: String) {
        self.kind = kind
        self.text = text
    }

    func line(_ palette: Palette) -> String {
        switch kind {
        case .good: "\(palette.paint("✓", .green)) \(text)"
        case .warning: "\(palette.paint("!", .yellow)) \(text)"
        case .bad: "\(palette.paint("✗", .red)) \(text)"
        }
    }
}
