extension JSON {
    /// The document as text with a line for each member, indented by two spaces and ended by a newline.
    public var prettyText: String {
        var output: [UInt8] = []
        writePretty(to: &output, depth: 0)
        output.append(UInt8(ascii: "\n"))
        return String(decoding: output, as: UTF8.self)
    }

    private func writePretty(to output: inout [UInt8], depth: Int) {
        switch self {
        case .array(let elements) where !elements.isEmpty:
            Self.writeLines("[", elements, "]", to: &output, depth: depth) { element, output in
                element.writePretty(to: &output, depth: depth + 1)
            }
        case .object(let members) where !members.isEmpty:
            Self.writeLines("{", members, "}", to: &output, depth: depth) { member, output in
                output += JSON.string(member.name).bytes
                output += ": ".utf8
                member.value.writePretty(to: &output, depth: depth + 1)
            }
        case .null, .bool, .number, .string, .array, .object: output += bytes
        }
    }

    private static func writeLines<Element>(
        _ start: String,
        _ elements: [Element],
        _ end: String,
        to output: inout [UInt8],
        depth: Int,
        write: (Element, inout [UInt8]) -> Void
    ) {
        let indent = [UInt8](repeating: UInt8(ascii: " "), count: 2 * depth)
        output += start.utf8
        for (index, element) in elements.enumerated() {
            output += index == 0 ? "\n".utf8 : ",\n".utf8
            output += indent
            output += "  ".utf8
            write(element, &output)
        }
        output += "\n".utf8
        output += indent
        output += end.utf8
    }
}
