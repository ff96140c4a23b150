/// An element of an XML document.
///
/// Source of the rules for text: w3.org/TR/xml, sections 2.2 and 2.4.
struct XMLElement: Sendable, Hashable {
    enum Content: Sendable, Hashable {
        case text(String)
        case elements([XMLElement])
    }

    let name: String
    let attributes: [Attribute]
    let content: Content

    struct Attribute: Sendable, Hashable {
        let name: String
        let value: String
    }

    init(_ name: String, _ text: String) {
        self.init(name, [:], text)
    }

    init(_ name: String, _ attributes: KeyValuePairs<String, String>, _ text: String) {
        self.name = name
        self.attributes = attributes.map { Attribute(name: $0.key, value: $0.value) }
        self.content = .text(text)
    }

    init(_ name: String, _ attributes: KeyValuePairs<String, String> = [:], _ elements: [XMLElement] = []) {
        self.name = name
        self.attributes = attributes.map { Attribute(name: $0.key, value: $0.value) }
        self.content = .elements(elements)
    }

    /// The element as a document.
    var document: String {
        var output = #"<?xml version="1.0" encoding="utf-8"?>"#
        write(to: &output)
        return output
    }

    private func write(to output: inout String) {
        output += "<\(name)"
        for attribute in attributes { output += #" \#(attribute.name)="\#(Self.escaped(attribute.value))""# }
        output += ">"
        switch content {
        case .text(let text): output += Self.escaped(text)
        case .elements(let elements): for element in elements { element.write(to: &output) }
        }
        output += "</\(name)>"
    }

    private static func escaped(_ text: String) -> String {
        var output = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": output += "&amp;"
            case "<": output += "&lt;"
            case ">": output += "&gt;"
            case "\"": output += "&quot;"
            case "\t", "\n", "\r": output += "&#\(scalar.value);"
            // Other control characters have no spelling in XML.
            case "\u{0}"..."\u{1F}", "\u{FFFE}"..."\u{FFFF}": output += "\u{FFFD}"
            default: output.unicodeScalars.append(scalar)
            }
        }
        return output
    }
}
