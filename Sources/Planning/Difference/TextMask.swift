import JSONText

/// Takes secret values out of lines of text.
struct TextMask: Sendable, Hashable {
    private static let replacement = "(secret)"

    /// The spellings of the secrets, the longest first, so that none is left in part.
    private let spellings: [String]
    /// Settings that hold secrets; `NAME=value` says the name and no more.
    private let settings: Set<String>
    /// Names whose lines hide what they say, where a file could not be read and its values are unknown.
    private let names: Set<String>

    init(hiding values: [Value] = [], settings: Set<String> = [], inUnreadable names: Set<String> = []) {
        let texts = values.flatMap(Self.secrets).filter { !$0.isEmpty }
        let spellings = Set(texts.flatMap(Self.spellings))
        self.spellings = spellings.sorted { ($0.utf8.count, $0) > ($1.utf8.count, $1) }
        self.settings = settings
        self.names = names
    }

    func masked(_ line: String) -> String {
        let line = spellings.reduce(line) { $0.replacing($1, with: Self.replacement) }
        return maskingSetting(names.isEmpty ? line : maskingAssignment(line))
    }

    private func maskingSetting(_ line: String) -> String {
        guard !settings.isEmpty, let sign = line.firstIndex(of: "=") else { return line }
        let name = line[..<sign].split { !($0.isLetter || $0.isNumber || $0 == "_") }.last ?? ""
        let value = line[line.index(after: sign)...]
        guard settings.contains(String(name)), !value.isEmpty, !value.hasPrefix("$") else { return line }
        return "\(line[...sign])\(Self.replacement)"
    }

    private static func secrets(_ value: Value) -> [String] {
        switch value {
        case .secret(let hidden): hidden.texts
        case .list(let elements): elements.flatMap(secrets)
        case .object(let members): members.flatMap { secrets($0.value) }
        case .string, .literal, .expression: []
        }
    }

    /// How a text can stand in a file: as it is or escaped, and line by line where it has several.
    private static func spellings(_ text: String) -> [String] {
        let quoted = Array(JSON.string(text).text.utf8)
        let inJSON = String(decoding: quoted.dropFirst().dropLast(), as: UTF8.self)
        let lines = text.split { $0.isNewline }.map(String.init)
        return [text, inJSON, BicepText.escaped(text)] + lines
    }

    /// In a file that cannot be read, a line that may give a secret its value says only that it does.
    private func maskingAssignment(_ line: String) -> String {
        let words = line.split { !($0.isLetter || $0.isNumber || $0 == "_" || $0 == "-") }.map(String.init)
        guard words.contains(where: { names.contains($0) || $0 == "value" || $0 == "defaultValue" }),
            let sign = line.firstIndex(where: { $0 == "=" || $0 == ":" })
        else { return line }
        return "\(line[...sign]) \(Self.replacement)"
    }
}
