/// Takes a connection string apart and remembers what is wrong with it.
struct ConnectionStringReader {
    private(set) var problems: [ConnectionStringError.Problem] = []
    private var values: [String: String] = [:]

    init(_ text: String) {
        for (index, part) in text.split(separator: ";", omittingEmptySubsequences: false).enumerated() {
            let trimmed = part.drop(while: \.isWhitespace)
            // A trailing semicolon is customary.
            if trimmed.isEmpty { continue }
            // Only the first sign separates: keys are base64 and may end in more of them.
            guard let equals = trimmed.firstIndex(of: "="), equals > trimmed.startIndex else {
                problems.append(.malformedPart(index + 1))
                continue
            }
            let name = String(trimmed[..<equals])
            let value = String(trimmed[trimmed.index(after: equals)...])
            if values.updateValue(value, forKey: name.lowercased()) != nil {
                problems.append(.duplicate(name))
            }
        }
    }

    mutating func required(_ name: String) -> String? {
        guard let value = values[name.lowercased()] else {
            problems.append(.missing(name))
            return nil
        }
        return nonempty(value, name)
    }

    mutating func optional(_ name: String) -> String? {
        values[name.lowercased()].flatMap { nonempty($0, name) }
    }

    mutating func flag(_ name: String) -> Bool {
        switch values[name.lowercased()]?.lowercased() {
        case nil, "false": return false
        case "true": return true
        default:
            problems.append(.badFlag(name))
            return false
        }
    }

    mutating func endpoint(_ text: String, scheme: BusEndpoint.Scheme) -> BusEndpoint? {
        let parts = text.split(separator: "://", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, ["sb", "https", "http", "amqps"].contains(parts[0].lowercased()) else {
            problems.append(.badEndpoint)
            return nil
        }
        let authority = parts[1].last == "/" ? parts[1].dropLast() : parts[1]
        guard let endpoint = BusEndpoint(scheme: scheme, authority: String(authority)) else {
            problems.append(.badEndpoint)
            return nil
        }
        return endpoint
    }

    private mutating func nonempty(_ value: String, _ name: String) -> String? {
        guard !value.isEmpty else {
            problems.append(.empty(name))
            return nil
        }
        return value
    }
}
