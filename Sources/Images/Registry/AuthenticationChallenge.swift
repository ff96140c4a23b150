/// What a registry wants to see before it answers.
///
/// Source: RFC 9110, section 11.6.1
struct AuthenticationChallenge: Sendable, Hashable {
    /// In lower case.
    let scheme: String
    /// Names are in lower case.
    let parameters: [String: String]

    /// Reads the challenges of a header, of which there may be several.
    static func parse(_ header: String) -> [AuthenticationChallenge] {
        var challenges: [AuthenticationChallenge] = []
        var rest = header[...]
        var scheme = ""
        var parameters: [String: String] = [:]
        while true {
            rest = rest.drop { $0 == " " || $0 == "," || $0 == "\t" }
            let word = rest.prefix { !" ,=\t".contains($0) }
            rest = rest[word.endIndex...]
            if word.isEmpty, rest.isEmpty { break }
            if rest.first == "=" {
                parameters[word.lowercased()] = value(&rest)
            } else {
                if !scheme.isEmpty { challenges.append(.init(scheme: scheme, parameters: parameters)) }
                (scheme, parameters) = (word.lowercased(), [:])
            }
        }
        if !scheme.isEmpty { challenges.append(.init(scheme: scheme, parameters: parameters)) }
        return challenges
    }

    /// Takes `=` and the value after it.
    private static func value(_ rest: inout Substring) -> String {
        rest = rest.dropFirst()
        guard rest.first == "\"" else {
            let word = rest.prefix { !" ,\t".contains($0) }
            rest = rest[word.endIndex...]
            return String(word)
        }
        rest = rest.dropFirst()
        var text = ""
        while let character = rest.popFirst(), character != "\"" {
            text.append(character == "\\" ? rest.popFirst() ?? character : character)
        }
        return text
    }
}
