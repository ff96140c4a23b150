public import StackGraph

/// Draws a stack as a Mermaid flowchart.
public struct MermaidRenderer: Sendable {
    public init() {}

    /// The graph as Mermaid text: resources are known by their names, so that a change of one is a change of few lines.
    public func render(_ graph: Graph) -> String {
        let diagram = Diagram(graph)
        let identifiers = diagram.boxes.map { identifier(of: $0.name) }
        var text = "flowchart LR\n"
        for (box, identifier) in zip(diagram.boxes, identifiers) {
            let (opening, closing) = box.group.brackets
            let label = quoted([box.name, box.kind])
            text += "    \(identifier)\(opening)\(label)\(closing):::\(box.group.rawValue)\n"
        }
        for edge in diagram.edges {
            text += "    \(identifiers[edge.user]) -->|\(quoted(edge.purposes))| \(identifiers[edge.target])\n"
        }
        for group in Diagram.Group.allCases where diagram.boxes.contains(where: { $0.group == group }) {
            text += "    classDef \(group.rawValue) fill:\(group.fill),stroke:\(group.stroke),color:#1f2328\n"
        }
        return text
    }
}

extension Diagram.Group {
    fileprivate var brackets: (String, String) {
        switch self {
        case .compute: ("[", "]")
        case .messaging: ("([", "])")
        case .data: ("[(", ")]")
        case .secrets: ("{{", "}}")
        case .models: ("(", ")")
        case .operations: ("[/", "/]")
        }
    }
}

/// The name as an identifier; no two names share one.
///
/// The first letter sets identifiers apart from Mermaid's words, such as `end`. A hyphen stays only where it cannot be
/// taken for the beginning of an arrow.
private func identifier(of name: String) -> String {
    var text = "n_"
    let characters = Array(name.unicodeScalars)
    for (index, character) in characters.enumerated() {
        let next = index + 1 < characters.count ? characters[index + 1] : "-"
        if character.isASCIILetterOrDigit || character == "-" && next.isASCIILetterOrDigit {
            text.unicodeScalars.append(character)
        } else {
            text += "_\(String(character.value, radix: 16))_"
        }
    }
    return text
}

/// A quoted label; all but the plainest punctuation is written as a numbered entity.
///
/// Mermaid looks for directives, HTML and Markdown in labels too, so escaping only the quotes would not do.
private func quoted(_ lines: [String]) -> String {
    var text = "\""
    for (index, line) in lines.enumerated() {
        if index > 0 { text += "<br/>" }
        for character in line.unicodeScalars {
            switch character {
            case "\0"..." ", "\u{7F}": text += " "
            case "-", "_", ".", "/": text.unicodeScalars.append(character)
            case _ where character.isASCII && !character.isASCIILetterOrDigit: text += "#\(character.value);"
            default: text.unicodeScalars.append(character)
            }
        }
    }
    return text + "\""
}

extension Unicode.Scalar {
    fileprivate var isASCIILetterOrDigit: Bool {
        switch self {
        case "a"..."z", "A"..."Z", "0"..."9": true
        default: false
        }
    }
}
