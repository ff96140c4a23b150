/// Something that is wrong with a stack.
///
/// A problem holds facts; ``description`` puts them into words and says what to do.
public enum Problem: Sendable, Hashable {
    case badName(String, NamingRule, NamingRule.Violation)
    /// The path of a partition key that is none.
    case badPath(ResourceID, part: String, path: String)
    case badValue(ResourceID, property: String, value: Int, allowed: ClosedRange<Int>)
    case conflictingOrigins(secret: String)
    case cycle([ResourceID])
    /// Messages that failed for good, put back into the queue they came from.
    case deadLettersReturn(ResourceID, queue: ResourceID)
    case duplicateName(ResourceID)
    case duplicateFunction(ResourceID, function: String)
    case duplicatePart(ResourceID, part: String)
    case duplicateSetting(ResourceID, setting: String)
    /// A setting that the contract calls secret, with a value that anyone can read in the stack.
    case exposedSecret(ResourceID, setting: String)
    case missingFunction(ResourceID, function: String)
    case missingSetting(ResourceID, setting: String, isSecret: Bool)
    /// Two functions that the same requests would call.
    case sameAddress(ResourceID, function: String, other: String, address: String)
    /// Two names that differ in nothing but capitals.
    case sameNames(String, String)
    case unknownFunction(ResourceID, function: String, known: [String])
    case unknownSetting(ResourceID, setting: String, known: [String])
    case unlisted(ResourceID, neededBy: ResourceID)
}

extension Problem: CustomStringConvertible {
    public var description: String {
        switch self {
        case .badName(let name, let rule, let violation):
            "'\(name)' cannot name \(rule.subject): \(rule.words(for: violation))."
        case .badPath(let id, let part, let path):
            "'\(id)' spreads '\(part)' by the path '\(path)', and paths start with '/'. Put one before it."
        case .badValue(let id, let property, let value, let allowed):
            "'\(id)' sets \(property) to \(value); Azure takes \(allowed.lowerBound) to \(allowed.upperBound)."
        case .conflictingOrigins(let secret):
            "The secret '\(secret)' is both generated and provided. Say one of the two wherever the stack names it."
        case .cycle(let ids):
            "These resources need each other in a circle: \((ids + ids.prefix(1)).map(\.name).joined(separator: " → ")). Remove one of the references."
        case .deadLettersReturn(let id, let queue):
            "'\(id)' puts the dead letters of '\(queue)' back into it, without end. Give them a queue of their own."
        case .duplicateName(let id): "The stack names '\(id)' twice. Give one of the two another name."
        case .duplicateFunction(let id, let function): "'\(id)' binds the function '\(function)' twice. Remove one."
        case .duplicatePart(let id, let part): "'\(id)' lists '\(part)' twice. Remove one."
        case .duplicateSetting(let id, let setting): "'\(id)' sets \(setting) twice. Remove one."
        case .exposedSecret(let id, let setting):
            "'\(id)' sets \(setting) to a plain value, but its service calls it secret. Use .inject(…, from:)."
        case .missingFunction(let id, let function):
            "'\(id)' has a function '\(function)' that nothing calls. Bind it in the list of functions."
        case .missingSetting(let id, let setting, let isSecret):
            "'\(id)' needs \(setting), and the stack does not give it. Add .\(isSecret ? "inject(…, from:)" : "set(…, to:)")."
        case .sameAddress(let id, let function, let other, let address):
            "'\(id)' answers \(address) with both '\(function)' and '\(other)'. Change the method or route of one."
        case .sameNames(let first, let second):
            "'\(first)' and '\(second)' are one name to Azure, which ignores capitals. Rename one of the two."
        case .unknownFunction(let id, let function, let known):
            "'\(id)' binds a function '\(function)' that its service does not have.\(suggestion(for: function, among: known))"
        case .unknownSetting(let id, let setting, let known):
            "'\(id)' sets \(setting), which its service does not read.\(suggestion(for: setting, among: known))"
        case .unlisted(let id, let user):
            "'\(user)' refers to '\(id)', but the stack does not list it. Add it to the stack."
        }
    }
}

extension NamingRule {
    fileprivate func words(for violation: Violation) -> String {
        switch violation {
        case .length(let count):
            "it has \(count) character\(count == 1 ? "" : "s"), and \(length.lowerBound) to \(length.upperBound) are allowed"
        case .character(let character):
            "'\(character)' is not allowed, only \(alphabet.uppercase ? "letters" : "lowercase letters"), digits\(alphabet.listed)"
        case .start: "it must start with \(start.rawValue)"
        case .end: "it must end with \(end.rawValue)"
        case .doubleHyphen: "two hyphens in a row are not allowed"
        }
    }
}

extension NamingRule.Alphabet {
    fileprivate var listed: String {
        punctuation.isEmpty ? "" : " and " + punctuation.map { "'\($0)'" }.joined(separator: " ")
    }
}

/// A stack that cannot be lowered: everything that is wrong with it.
public struct StackError: Error, Sendable, Hashable, CustomStringConvertible {
    public let problems: [Problem]

    public init(problems: [Problem]) {
        self.problems = problems
    }

    public var description: String {
        problems.map(\.description).joined(separator: "\n")
    }
}
