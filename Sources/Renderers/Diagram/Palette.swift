extension Diagram.Group {
    /// The colour of outlines; it stands out from a white page and from a dark one.
    var stroke: String {
        switch self {
        case .compute: "#3b82f6"
        case .messaging: "#d97706"
        case .data: "#10a37f"
        case .secrets: "#e0487a"
        case .models: "#8b5cf6"
        case .operations: "#7a8699"
        }
    }

    /// A pale ground for dark text, for formats that cannot adapt to a dark page.
    var fill: String {
        switch self {
        case .compute: "#e3edfd"
        case .messaging: "#fdf0dc"
        case .data: "#dcf5ee"
        case .secrets: "#fce5ed"
        case .models: "#eee8fd"
        case .operations: "#edeff2"
        }
    }
}
