public import StackGraph

/// Draws a stack as a picture that needs nothing but a browser, on a light page or a dark one.
public struct SVGRenderer: Sendable {
    public init() {}

    /// The graph as one `svg` element, laid out in columns from users to what they need.
    public func render(_ graph: Graph) -> String {
        let diagram = Diagram(graph)
        let measures = DiagramLayout.Measures(
            boxes: diagram.boxes.map { (Metrics.boxWidth(of: $0), Metrics.boxHeight) },
            labels: diagram.edges.map { (Metrics.labelWidth(of: $0), Metrics.labelHeight(of: $0)) }
        )
        var drawing = SVGDrawing(diagram, DiagramLayout(diagram, measures))
        return drawing.draw()
    }
}

/// Sizes in pixels, from estimates that are a little wider than common fonts.
enum Metrics {
    static let margin = 24.0
    static let header = 64.0
    static let boxHeight = 46.0
    static let labelLine = 14.0
    /// Longer names are cut on the picture; the full name is in the tooltip.
    static let longestText = 48

    static func boxWidth(of box: Diagram.Box) -> Double {
        max(width(of: shortened(box.name), 7.9), width(of: box.kind, 6.6)) + 36
    }

    static func labelWidth(of edge: Diagram.Edge) -> Double {
        (edge.purposes.map { width(of: shortened($0), 6.3) }.max() ?? 0) + 12
    }

    static func labelHeight(of edge: Diagram.Edge) -> Double {
        Double(edge.purposes.count) * labelLine + 4
    }

    static func shortened(_ text: String) -> String {
        text.count <= longestText ? text : text.prefix(longestText - 1) + "…"
    }

    /// Characters outside ASCII may be twice as wide, as Chinese ones are.
    private static func width(of text: String, _ characterWidth: Double) -> Double {
        text.unicodeScalars.reduce(0) { $0 + ($1.isASCII ? characterWidth : characterWidth * 1.8) }
    }
}
