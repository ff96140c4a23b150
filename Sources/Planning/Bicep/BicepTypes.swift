extension BicepExpressions {
    /// The type of a parameter or an output, in its canonical spelling: `string?`, `'a' | 'b'`, `{ name: string }[]`.
    ///
    /// Source: learn.microsoft.com/azure/azure-resource-manager/bicep/user-defined-data-types
    mutating func type() throws(ReadingError) -> String {
        try scanner.skipSpace(newlines: false)
        let start = scanner.position
        try scanner.skipSpace(newlines: true)
        if !scanner.take("|") { scanner.goBack(to: start) }
        var members: [String] = []
        repeat {
            try scanner.skipSpace(newlines: true)
            members.append(try typeWithSuffixes())
        } while try takeOnLaterLine("|", unless: "||")
        return members.joined(separator: " | ")
    }

    private mutating func typeWithSuffixes() throws(ReadingError) -> String {
        var text = try plainType()
        while true {
            if scanner.take("[]") {
                text += "[]"
            } else if scanner.take("?") {
                text += "?"
            } else {
                return text
            }
        }
    }

    private mutating func plainType() throws(ReadingError) -> String {
        switch scanner.next {
        case UInt8(ascii: "'"): return BicepText.of(try string())
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            return (scanner.take("-") ? "-" : "") + scanner.take(while: \.isDigit)
        case UInt8(ascii: "{"): return try objectType()
        case UInt8(ascii: "("):
            return try nested { expressions throws(ReadingError) in
                expressions.scanner.advance()
                let inner = try expressions.type()
                try expressions.close(")")
                return "(\(inner))"
            }
        default:
            var name = try identifier()
            while scanner.take(".") { name += "." + (try identifier()) }
            guard scanner.take("<") else { return name }
            let argument = try string()
            try close(">")
            return "\(name)<\(BicepText.of(argument))>"
        }
    }

    private mutating func objectType() throws(ReadingError) -> String {
        try nested { expressions throws(ReadingError) in
            expressions.scanner.advance()
            var members: [String] = []
            try expressions.scanner.skipSpace(newlines: true)
            while !expressions.scanner.take("}") {
                let name = expressions.scanner.take("*") ? "*" : try expressions.key()
                try expressions.close(":")
                members.append("\(name): \(try expressions.type())")
                try expressions.separate(before: "}")
            }
            return members.isEmpty ? "{}" : "{ \(members.joined(separator: ", ")) }"
        }
    }
}
