import Settings
import StackModel
import Testing

struct SecretTests {
    /// Each ordinary way to turn a value into text.
    ///
    /// What prints a `Secret` by its type is refused by the compiler; here the type is not known.
    enum Way: CaseIterable, Sendable {
        case interpolate, describe, reflect, print, debugPrint, dump
        case printInArray, debugPrintInOptional, dumpInDictionary, printInStruct, dumpInStruct

        func show<Value>(_ value: Value) -> String {
            var text = ""
            switch self {
            case .interpolate: text = "\(value)"
            case .describe: text = String(describing: value)
            case .reflect: text = String(reflecting: value)
            case .print: Swift.print(value, to: &text)
            case .debugPrint: Swift.debugPrint(value, to: &text)
            case .dump: Swift.dump(value, to: &text)
            case .printInArray: Swift.print([value], to: &text)
            case .debugPrintInOptional: Swift.debugPrint(Optional.some(value) as Any, to: &text)
            case .dumpInDictionary: Swift.dump(["key": value], to: &text)
            case .printInStruct: Swift.print(Envelope(content: value), to: &text)
            case .dumpInStruct: Swift.dump(Envelope(content: value), to: &text)
            }
            return text
        }
    }

    @Test(arguments: Way.allCases)
    func `a secret value is never shown`(way: Way) {
        let shown = way.show(SecretValue("hunter2"))
        #expect(!shown.contains("hunter2"))
        #expect(shown.contains("<secret>"))
    }

    @Test(arguments: Way.allCases)
    func `a secret of a stack shows not even where it lives`(way: Way) {
        let shown = way.show(SecretStore("cellar").secret("HUNTER_KEY"))
        #expect(!shown.contains("HUNTER_KEY") && !shown.contains("cellar"))
        #expect(shown.contains("<secret>"))
    }

    @Test func `a mirror finds nothing inside a secret`() {
        #expect(Mirror(reflecting: SecretValue("hunter2")).children.isEmpty)
        #expect(Mirror(reflecting: SecretStore("cellar").secret("HUNTER_KEY")).children.isEmpty)
    }

    @Test func `a secret value can be compared, kept in a set and sent on`() {
        #expect(SecretValue("a") == SecretValue("a"))
        #expect(SecretValue("a") != SecretValue("b"))
        #expect(Set([SecretValue("a"), SecretValue("a"), SecretValue("b")]).count == 2)
        #expect(SecretValue("hunter2").unsafeRevealed == "hunter2")
    }

    private struct Envelope<Content> { let content: Content }
}
