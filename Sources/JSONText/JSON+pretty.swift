extension JSON {
    /// The document as text with a line for each member, indented by two spaces and ended by a newline.
    public var prettyText: String {
        var output: [UInt8] = []
        writePretty(to: &output)
        output.append(UInt8(ascii: "\n"))
        return String(decoding: output, as: UTF8.self)
    }

    /// Adds the document to a text that is being written, as a value that begins at this depth.
    package func writePretty(to output: inout [UInt8], depth: Int = 0) {
        switch self {
        case .array(let elements) where !elements.isEmpty:
            Self.writeLines("[", elements, "]", to: &output, depth: depth) { element, output in
                element.writePretty(to: &output, depth: depth + 1)
            }
        case .object(let members) where !members.isEmpty:
            Self.writeLines("{", members, "}", to: &output, depth: depth) { member, output in
                Self.write(member.name, to: &output)
                output += ": ".utf8
                member.value.writePretty(to: &output, depth: depth + 1)
            }
        case .null, .bool, .number, .string, .array, .object: write(to: &output)
        }
    }

    /// Adds a list of values, a line for each.
    package static func writeLines<Element>(
        _ start: String,
        _ elements: some Sequence<Element>,
        _ end: String,
        to output: inout [UInt8],
        depth: Int,
        write: (Element, inout [UInt8]) -> Void
    ) {
        let indent = [UInt8](repeating: UInt8(ascii: " "), count: 2 * depth)
        output += start.utf8
        for (index, element) in elements.enumerated() {
            output.append(contentsOf: index == 0 ? "\n".utf8 : ",\n".utf8)
            output.append(contentsOf: indent)
            output.append(contentsOf: "  ".utf8)
            write(element, &output)
        }
        output += "\n".utf8
        output += indent
        output += end.utf8
    }
}
