public import StackGraph

/// Draws a stack as a Graphviz graph.
public struct DOTRenderer: Sendable {
    public init() {}

    /// The graph as DOT text: resources are known by their names, so that a change of one is a change of few lines.
    public func render(_ graph: Graph) -> String {
        let diagram = Diagram(graph)
        let names = diagram.boxes.map { quoted($0.name) }
        var text = "digraph \(quoted(diagram.title)) {\n"
        text += "    rankdir=LR;\n"
        text += "    node [fontname=\"Helvetica\", style=filled];\n"
        text += "    edge [fontname=\"Helvetica\", fontsize=10];\n"
        for (box, name) in zip(diagram.boxes, names) {
            let look = "shape=\(box.group.shape), color=\"\(box.group.stroke)\", fillcolor=\"\(box.group.fill)\""
            text += "    \(name) [label=\(quoted([box.name, box.kind])), \(look)];\n"
        }
        for edge in diagram.edges {
            text += "    \(names[edge.user]) -> \(names[edge.target]) [label=\(quoted(edge.purposes))];\n"
        }
        return text + "}\n"
    }
}

extension Diagram.Group {
    fileprivate var shape: String {
        switch self {
        case .compute: "box"
        case .messaging: "cds"
        case .data: "cylinder"
        case .secrets: "octagon"
        case .models: "component"
        case .operations: "folder"
        }
    }
}

private func quoted(_ text: String) -> String { quoted([text]) }

/// A quoted string whose lines are centred.
///
/// Backslashes are doubled, for Graphviz reads `\N` and its like as the name of the node; the null character would
/// end the text for Graphviz.
private func quoted(_ lines: [String]) -> String {
    var text = "\""
    for (index, line) in lines.enumerated() {
        if index > 0 { text += "\\n" }
        for character in line.unicodeScalars {
            switch character {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n", "\r": text += "\\n"
            case "\0": text += "\u{FFFD}"
            default: text.unicodeScalars.append(character)
            }
        }
    }
    return text + "\""
}
