import Renderers

/// What a rendered file is written in, told by its format and name.
enum FileKind: Hashable {
    case armTemplate
    case bicep
    case bicepParameters
    case compose
    case json
    /// A text of which only the lines are known; expected, or of a kind that no renderer writes.
    case text(isExpected: Bool)
    case unit

    init(_ path: String, in format: RenderFormat) {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        let ending = name.split(separator: ".", omittingEmptySubsequences: false).last.map(String.init) ?? ""
        switch (format, ending) {
        case (.bicep, "bicep"): self = .bicep
        case (.bicep, "bicepparam"): self = .bicepParameters
        case (.arm, "json"): self = .armTemplate
        case (.compose, "yaml"), (.compose, "yml"): self = .compose
        case (.systemd, _) where Self.unitEndings.contains(ending): self = .unit
        case (_, "json"): self = .json
        default: self = .text(isExpected: Self.textEndings.contains(ending))
        }
    }

    var isText: Bool {
        if case .text = self { true } else { false }
    }

    /// Source: freedesktop.org/software/systemd/man/latest/systemd.unit.html, "Description".
    private static let unitEndings: Set = [
        "automount", "mount", "path", "scope", "service", "slice", "socket", "swap", "target", "timer",
    ]
    private static let textEndings: Set = ["dot", "example", "gitignore", "md", "mmd", "sh", "svg", "txt"]
}
