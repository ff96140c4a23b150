import JSONText

/// Reads the members of one object of a configuration, and remembers what is wrong with them.
struct ConfigurationReader {
    private(set) var problems: [BrokerConfigurationError.Problem] = []
    private let json: JSON
    private let path: String

    init(_ json: JSON, path: String, members known: [String]) {
        self.json = json
        self.path = path
        guard let members = json.members else {
            problems.append(.wrongKind(path: path.isEmpty ? "the document" : path, expected: "an object"))
            return
        }
        for member in members where !known.contains(member.name) {
            problems.append(.unknownMember(path: path + "." + member.name))
        }
    }

    mutating func elements<Element>(
        _ name: String,
        members: [String],
        _ make: (inout ConfigurationReader) -> Element
    ) -> [Element] {
        guard let value = present(name) else { return [] }
        guard let elements = value.array else {
            wrong(name, "an array")
            return []
        }
        return elements.enumerated().map { index, element in
            var reader = ConfigurationReader(element, path: "\(name)[\(index)]", members: ["name"] + members)
            defer { problems += reader.problems }
            return make(&reader)
        }
    }

    mutating func text(_ name: String) -> String {
        if let text = json[name]?.string { return text }
        if json.members != nil { wrong(name, "a string") }
        return ""
    }

    mutating func optionalText(_ name: String) -> String? {
        guard let value = present(name) else { return nil }
        if value.string == nil { wrong(name, "a string") }
        return value.string
    }

    mutating func texts(_ name: String) -> [String]? {
        guard let value = present(name) else { return nil }
        let texts = value.array?.map(\.string)
        guard let texts, !texts.contains(nil) else {
            wrong(name, "an array of strings")
            return nil
        }
        return texts.compactMap { $0 }
    }

    mutating func number(_ name: String) -> Int? {
        guard let value = present(name) else { return nil }
        if value.integer == nil { wrong(name, "a whole number") }
        return value.integer
    }

    private func present(_ name: String) -> JSON? {
        let value = json[name]
        return value == .null ? nil : value
    }

    private mutating func wrong(_ name: String, _ expected: String) {
        problems.append(.wrongKind(path: path.isEmpty ? name : "\(path).\(name)", expected: expected))
    }
}
