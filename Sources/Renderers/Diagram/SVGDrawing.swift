/// Writes the elements of one picture: lines first, then labels, then boxes, so that what matters is on top.
struct SVGDrawing {
    private let diagram: Diagram
    private let layout: DiagramLayout
    private var text = ""

    init(_ diagram: Diagram, _ layout: DiagramLayout) {
        self.diagram = diagram
        self.layout = layout
    }

    mutating func draw() -> String {
        let width = max(layout.size.x, 240) + Metrics.margin * 2
        let height = layout.size.y + Metrics.header + Metrics.margin
        let size = "\(pixels(width)) \(pixels(height))"
        text += "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(size)\" "
        text +=
            "width=\"\(pixels(width))\" height=\"\(pixels(height))\" role=\"img\" aria-labelledby=\"title summary\">\n"
        text += "<title id=\"title\">\(escaped(diagram.title))</title>\n"
        text += "<desc id=\"summary\">\(summary)</desc>\n"
        text += "<style>\n\(svgStylesheet)</style>\n"
        text += "<defs>\n"
        for group in Diagram.Group.allCases { drawArrow(group) }
        text += "</defs>\n"
        text += "<rect class=\"page\" width=\"100%\" height=\"100%\"/>\n"
        let left = pixels(Metrics.margin)
        text += "<text class=\"heading\" x=\"\(left)\" y=\"30\">\(escaped(Metrics.shortened(diagram.title)))</text>\n"
        text += "<text class=\"summary\" x=\"\(left)\" y=\"47\">\(summary)</text>\n"
        text += "<g transform=\"translate(\(left) \(pixels(Metrics.header)))\">\n"
        for edge in diagram.edges.indices { drawLine(edge) }
        for edge in diagram.edges.indices { drawLabel(edge) }
        for box in diagram.boxes.indices { drawBox(box) }
        text += "</g>\n</svg>\n"
        return text
    }

    private var summary: String {
        let (boxes, edges) = (diagram.boxes.count, diagram.edges.count)
        return "\(boxes) resource\(boxes == 1 ? "" : "s"), \(edges) reference\(edges == 1 ? "" : "s")"
    }

    /// One arrowhead a colour, for a marker cannot take the colour of its line everywhere.
    private mutating func drawArrow(_ group: Diagram.Group) {
        text += "<marker id=\"\(group.rawValue)-arrow\" viewBox=\"0 0 8 8\" refX=\"7.5\" refY=\"4\" markerWidth=\"8\" "
        text += "markerHeight=\"8\" orient=\"auto\"><path fill=\"\(group.stroke)\" d=\"M0 0.5L8 4L0 7.5z\"/></marker>\n"
    }

    private mutating func drawLine(_ index: Int) {
        let (edge, route) = (diagram.edges[index], layout.routes[index])
        let (user, target) = (diagram.boxes[edge.user], diagram.boxes[edge.target])
        text += "<path class=\"line \(target.group.rawValue)\" marker-end=\"url(#\(target.group.rawValue)-arrow)\" d=\""
        for (position, point) in route.enumerated() {
            if position == 0 {
                text += "M\(pixels(point.x)) \(pixels(point.y))"
            } else if position.isMultiple(of: 2) {
                // The second of a pair: the line runs level through the column.
                text += "H\(pixels(point.x))"
            } else {
                curve(from: route[position - 1], to: point)
            }
        }
        text += "\"><title>\(escaped(user.name)) → \(escaped(target.name)): "
        text += "\(escaped(edge.purposes.joined(separator: ", ")))</title></path>\n"
    }

    private mutating func curve(from start: DiagramLayout.Point, to end: DiagramLayout.Point) {
        let reach = max(abs(end.x - start.x) / 2, 14)
        text += "C\(pixels(start.x + reach)) \(pixels(start.y)) \(pixels(end.x - reach)) \(pixels(end.y)) "
        text += "\(pixels(end.x)) \(pixels(end.y))"
    }

    private mutating func drawLabel(_ index: Int) {
        let place = layout.labels[index]
        let top = place.centre - place.height / 2
        rectangle("plate", place, corner: 4)
        for (line, purpose) in diagram.edges[index].purposes.enumerated() {
            let baseline = top + Metrics.labelLine * (Double(line) + 0.9)
            text += "<text class=\"label\" x=\"\(pixels(place.x + place.width / 2))\" y=\"\(pixels(baseline))\">"
            text += "\(escaped(Metrics.shortened(purpose)))</text>\n"
        }
    }

    private mutating func drawBox(_ index: Int) {
        let (box, place) = (diagram.boxes[index], layout.boxes[index])
        let top = place.centre - place.height / 2
        text += "<g class=\"box \(box.group.rawValue)\"><title>\(escaped(box.name)), \(escaped(box.kind))</title>\n"
        rectangle("outline", place, corner: box.group == .messaging ? place.height / 2 : 7)
        let middle = pixels(place.x + place.width / 2)
        text += "<text class=\"kind\" x=\"\(middle)\" y=\"\(pixels(top + 17))\">\(escaped(box.kind))</text>\n"
        text += "<text class=\"name\" x=\"\(middle)\" y=\"\(pixels(top + 34))\">"
        text += "\(escaped(Metrics.shortened(box.name)))</text></g>\n"
    }

    private mutating func rectangle(_ look: String, _ place: DiagramLayout.Rectangle, corner: Double) {
        text += "<rect class=\"\(look)\" x=\"\(pixels(place.x))\" y=\"\(pixels(place.centre - place.height / 2))\" "
        text += "width=\"\(pixels(place.width))\" height=\"\(pixels(place.height))\" rx=\"\(pixels(corner))\"/>\n"
    }
}

private func pixels(_ length: Double) -> Int { Int(length.rounded()) }

/// Text for an element; what XML cannot carry at all becomes the replacement character.
private func escaped(_ content: String) -> String {
    var text = ""
    for character in content.unicodeScalars {
        switch character {
        case "&": text += "&amp;"
        case "<": text += "&lt;"
        case ">": text += "&gt;"
        case "\t", "\n", "\r": text += " "
        case "\0"..."\u{1F}", "\u{FFFE}", "\u{FFFF}": text += "\u{FFFD}"
        default: text.unicodeScalars.append(character)
        }
    }
    return text
}
