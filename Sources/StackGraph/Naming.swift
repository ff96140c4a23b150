/// What Azure allows in the name of one type of resource.
///
/// Source of every rule: learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules
public struct NamingRule: Sendable, Hashable {
    /// The resource as a sentence calls it: `a storage account`.
    public let subject: String
    /// How many characters the author may use.
    public let length: ClosedRange<Int>
    public let alphabet: Alphabet
    public let start: Edge
    public let end: Edge
    public let allowsDoubleHyphen: Bool

    public struct Alphabet: Sendable, Hashable {
        public let uppercase: Bool
        /// What is allowed beside letters and digits.
        public let punctuation: String
    }

    /// What a name may begin or end with.
    public enum Edge: String, Sendable, Hashable { case letter = "a letter", letterOrDigit = "a letter or digit" }

    /// What is wrong with a name.
    public enum Violation: Sendable, Hashable {
        case length(Int)
        case character(Character)
        case start
        case end
        case doubleHyphen
    }

    init(
        _ subject: String,
        _ length: ClosedRange<Int>,
        uppercase: Bool = true,
        punctuation: String = "",
        start: Edge = .letterOrDigit,
        end: Edge = .letterOrDigit,
        allowsDoubleHyphen: Bool = true
    ) {
        self.subject = subject
        self.length = length
        self.alphabet = Alphabet(uppercase: uppercase, punctuation: punctuation)
        self.start = start
        self.end = end
        self.allowsDoubleHyphen = allowsDoubleHyphen
    }

    /// All that is wrong with a name; empty for a good one.
    public func violations(in name: String) -> [Violation] {
        var violations: [Violation] = []
        if !length.contains(name.count) { violations.append(.length(name.count)) }
        if let stranger = name.first(where: { !alphabet.contains($0) }) { violations.append(.character(stranger)) }
        if let first = name.first, !start.accepts(first) { violations.append(.start) }
        if let last = name.last, !end.accepts(last) { violations.append(.end) }
        if !allowsDoubleHyphen, name.contains("--") { violations.append(.doubleHyphen) }
        return violations
    }
}

extension NamingRule.Alphabet {
    func contains(_ character: Character) -> Bool {
        switch character {
        case "a"..."z", "0"..."9": character.isASCII
        case "A"..."Z": uppercase && character.isASCII
        default: punctuation.contains(character)
        }
    }
}

extension NamingRule.Edge {
    func accepts(_ character: Character) -> Bool {
        guard character.isASCII else { return false }
        return switch self {
        case .letter: character.isLetter
        case .letterOrDigit: character.isLetter || character.isNumber
        }
    }
}

extension NamingRule {
    /// The characters that a deployment appends to names that must be unique in all of Azure.
    ///
    /// `uniqueString()` gives 13 characters; a hyphen sets them apart where the type allows one.
    public static let suffixLength = 13

    public static let blobContainer = NamingRule(
        "a blob container",
        3...63,
        uppercase: false,
        punctuation: "-",
        allowsDoubleHyphen: false
    )
    public static let databaseContainer = NamingRule("a database container", 1...255, punctuation: "-_")
    /// The name of an environment variable, which provides the value.
    ///
    /// A vault takes hyphens in place of underscores; a name with either could stand for two secrets.
    public static let secret = NamingRule("a secret", 1...127, punctuation: "_", start: .letter)
    public static let stack = NamingRule("a stack", 1...64, punctuation: "-_")
    /// The tag of an image, which the version of a stack becomes.
    ///
    /// Source: the grammar of tags in the OCI distribution specification, v1.1, "Pulling manifests".
    public static let version = NamingRule("a version", 1...128, punctuation: "._-")
    public static let table = NamingRule("a table", 3...63, start: .letter)

    /// The rule for the name of a node; globally unique names leave room for a suffix.
    public static func rule(for kind: Node.Kind) -> NamingRule {
        switch kind {
        case .cache: NamingRule("a cache", 1...(60 - suffixLength - 1), punctuation: "-", allowsDoubleHyphen: false)
        case .containerApp:
            NamingRule(
                "a container app",
                2...32,
                uppercase: false,
                punctuation: "-",
                start: .letter,
                allowsDoubleHyphen: false
            )
        case .database:
            NamingRule("a database account", 3...(44 - suffixLength - 1), uppercase: false, punctuation: "-")
        case .functionApp:
            // The Functions host tells apps apart by the first 32 characters of their names.
            // Source: learn.microsoft.com/azure/azure-functions/storage-considerations#host-id-considerations
            NamingRule("a function app", 2...(32 - suffixLength - 1), punctuation: "-")
        case .modelDeployment: NamingRule("a model account", 2...(64 - suffixLength - 1), punctuation: "-")
        // Azure takes slashes too, but in a template they part the names of parents and children.
        case .queue: NamingRule("a queue", 1...260, punctuation: "-._")
        case .registry: NamingRule("a container registry", 5...(50 - suffixLength))
        case .secretStore:
            NamingRule(
                "a key vault",
                3...(24 - suffixLength - 1),
                punctuation: "-",
                start: .letter,
                allowsDoubleHyphen: false
            )
        case .storage: NamingRule("a storage account", 3...(24 - suffixLength), uppercase: false)
        case .subscription: NamingRule("a subscription", 1...50, punctuation: "-._")
        case .telemetry: NamingRule("a log workspace", 4...63, punctuation: "-")
        case .topic: NamingRule("a topic", 1...260, punctuation: "-._")
        }
    }
}
