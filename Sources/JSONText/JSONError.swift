/// Why a text is not JSON, and where.
public struct JSONError: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Reason: Sendable, Hashable {
        case badEscape
        case badNumber
        case badText
        case controlCharacter
        case duplicateName(String)
        case tooDeep
        case trailingText
        case unexpected(Character)
        case unexpectedEnd
    }

    public let reason: Reason
    /// How many bytes come before the place.
    public let offset: Int

    public var description: String {
        switch reason {
        case .badEscape: "invalid escape sequence at byte \(offset)"
        case .badNumber: "invalid number at byte \(offset)"
        case .badText: "text that is not UTF-8 at byte \(offset)"
        case .controlCharacter: "unescaped control character at byte \(offset)"
        case .duplicateName(let name): "the name '\(name)' stands twice in one object, at byte \(offset)"
        case .tooDeep: "nested deeper than \(JSONReader.depthLimit) levels at byte \(offset)"
        case .trailingText: "more text after the end of the document at byte \(offset)"
        case .unexpected(let character): "unexpected '\(character)' at byte \(offset)"
        case .unexpectedEnd: "the document ends too early, at byte \(offset)"
        }
    }
}
