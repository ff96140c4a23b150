/// The look of a picture, for a light page and for a dark one.
///
/// It spells each colour out instead of naming them in variables, which some viewers and converters cannot read.
let svgStylesheet =
    """
    text { font-family: ui-sans-serif, system-ui, "Segoe UI", Helvetica, Arial, sans-serif; fill: #1f2328; }
    .page { fill: #ffffff; }
    .heading { font-size: 17px; font-weight: 600; }
    .summary { font-size: 12px; fill: #656d76; }
    .name { font-size: 13px; font-weight: 600; text-anchor: middle; }
    .kind { font-size: 11px; fill: #656d76; text-anchor: middle; }
    .label { font-size: 11px; fill: #424a53; text-anchor: middle; }
    .outline { fill: #f6f8fa; stroke-width: 1.5; }
    .plate { fill: #ffffff; }
    .line { fill: none; stroke-width: 1.3; opacity: 0.8; }
    \(groups)
    @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; }
    .page, .plate { fill: #0d1117; }
    .summary, .kind { fill: #9198a1; }
    .label { fill: #c3cad2; }
    .outline { fill: #161b22; }
    }

    """

private let groups = Diagram.Group.allCases
    .map { ".\($0.rawValue) .outline, .line.\($0.rawValue) { stroke: \($0.stroke); }" }
    .joined(separator: "\n")
