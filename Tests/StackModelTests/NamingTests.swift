import Settings
import StackGraph
import StackModel
import Testing

/// Azure's rules for names, less the room for the suffix of globally unique ones.
///
/// Source: learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules
struct NamingTests {
    /// A rule as the table on that page states it.
    struct Row: Sendable, CustomTestStringConvertible {
        let subject: String
        let length: ClosedRange<Int>
        var suffix = 0
        var uppercase = true
        var punctuation = ""
        var startsWithLetter = false
        var doubleHyphen = true
        let rule: NamingRule

        var testDescription: String { subject }
        var longest: Int { length.upperBound - suffix }
    }

    static let rows: [Row] = [
        Row(
            subject: "a cache",
            length: 1...60,
            suffix: 14,
            punctuation: "-",
            doubleHyphen: false,
            rule: rule(Cache("x"))
        ),
        Row(
            subject: "a container app",
            length: 2...32,
            uppercase: false,
            punctuation: "-",
            startsWithLetter: true,
            doubleHyphen: false,
            rule: rule(WebContainer.reader())
        ),
        Row(
            subject: "a database account",
            length: 3...44,
            suffix: 14,
            uppercase: false,
            punctuation: "-",
            rule: rule(DocumentDatabase("x", containers: []))
        ),
        Row(
            subject: "a function app",
            length: 2...32,
            suffix: 14,
            punctuation: "-",
            rule: rule(FunctionApp("x", running: Clockwork.self, storage: host, functions: []))
        ),
        Row(
            subject: "a model account",
            length: 2...64,
            suffix: 14,
            punctuation: "-",
            rule: rule(ModelDeployment("x", model: "m", version: "1"))
        ),
        Row(subject: "a queue", length: 1...260, punctuation: "-._", rule: rule(Queue("x", of: Job.self))),
        Row(subject: "a container registry", length: 5...50, suffix: 13, rule: rule(registry)),
        Row(
            subject: "a key vault",
            length: 3...24,
            suffix: 14,
            punctuation: "-",
            startsWithLetter: true,
            doubleHyphen: false,
            rule: rule(SecretStore("x"))
        ),
        Row(subject: "a storage account", length: 3...24, suffix: 13, uppercase: false, rule: rule(Storage("x"))),
        Row(
            subject: "a subscription",
            length: 1...50,
            punctuation: "-._",
            rule: rule(Subscription("x", to: Topic("y", of: Job.self)))
        ),
        Row(subject: "a log workspace", length: 4...63, punctuation: "-", rule: rule(Telemetry("x"))),
        Row(subject: "a topic", length: 1...260, punctuation: "-._", rule: rule(Topic("x", of: Job.self))),
        Row(
            subject: "a blob container",
            length: 3...63,
            uppercase: false,
            punctuation: "-",
            doubleHyphen: false,
            rule: .blobContainer
        ),
        Row(subject: "a table", length: 3...63, startsWithLetter: true, rule: .table),
        Row(subject: "a database container", length: 1...255, punctuation: "-_", rule: .databaseContainer),
        Row(subject: "a secret", length: 1...127, punctuation: "_", startsWithLetter: true, rule: .secret),
        Row(subject: "a stack", length: 1...64, punctuation: "-_", rule: .stack),
    ]

    @Test(arguments: rows)
    func `a name may be as long and as short as the rule says`(row: Row) {
        #expect(row.rule.subject == row.subject)
        for length in [row.length.lowerBound, row.longest] {
            #expect(row.rule.violations(in: String(repeating: "a", count: length)).isEmpty)
        }
        for length in [row.length.lowerBound - 1, row.longest + 1] {
            #expect(row.rule.violations(in: String(repeating: "a", count: length)) == [.length(length)])
        }
    }

    @Test(arguments: rows)
    func `a name holds letters, digits and the rule's punctuation`(row: Row) {
        for character in "-._/ #+é²٣ａß\u{1F600}" {
            let expected: [NamingRule.Violation] = row.punctuation.contains(character) ? [] : [.character(character)]
            #expect(row.rule.violations(in: "aaa\(character)aaa") == expected)
        }
        #expect(row.rule.violations(in: "aa0123456789".prefix(row.longest).lowercased()).isEmpty)
        #expect(row.rule.violations(in: "aaaaZaa") == (row.uppercase ? [] : [.character("Z")]))
        #expect(row.rule.violations(in: "aaa\r\naaa") == [.character("\r\n")])
        #expect(row.rule.violations(in: "aaaq\u{301}aaa") == [.character("q\u{301}")])
    }

    @Test(arguments: rows)
    func `a name starts and ends as the rule says`(row: Row) {
        #expect(row.rule.violations(in: "0aaaaa") == (row.startsWithLetter ? [.start] : []))
        #expect(row.rule.violations(in: "aaaaa0").isEmpty)
        for character in row.punctuation {
            #expect(row.rule.violations(in: "\(character)aaaaa") == [.start])
            #expect(row.rule.violations(in: "aaaaa\(character)") == [.end])
        }
        #expect(row.rule.violations(in: "éaaaaa") == [.character("é"), .start])
        #expect(row.rule.violations(in: "aaaaa٣") == [.character("٣"), .end])
    }

    @Test(arguments: rows.filter { $0.punctuation.contains("-") })
    func `two hyphens in a row are a matter of the rule`(row: Row) {
        #expect(row.rule.violations(in: "aaa-aaa").isEmpty)
        #expect(row.rule.violations(in: "aaa--aaa") == (row.doubleHyphen ? [] : [.doubleHyphen]))
    }

    @Test(
        arguments: [
            ("", "it has 0 characters, and 2 to 32 are allowed"),
            ("a", "it has 1 character, and 2 to 32 are allowed"),
            ("a_b", "'_' is not allowed, only lowercase letters, digits and '-'"),
            ("0ab", "it must start with a letter"),
            ("ab-", "it must end with a letter or digit"),
            ("a--b", "two hyphens in a row are not allowed"),
        ]
    )
    func `a violation is told in words`(name: String, words: String) {
        let problems = Stack("s", [registry, WebContainer.reader(Name(name))]).problems
        #expect(problems.map(\.description) == ["'\(name)' cannot name a container app: \(words)."])
    }

    private static func rule(_ resource: any Resource) -> NamingRule {
        .rule(for: resource.declaration.node.kind)
    }
}
