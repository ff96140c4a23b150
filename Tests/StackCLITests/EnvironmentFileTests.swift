import Settings
import TestInstruments
import Testing

@testable import StackCLI

struct EnvironmentFileTests {
    private func read(_ name: String, in text: String) -> String? {
        EnvironmentFile(Array(text.utf8)).value(for: name)?.unsafeRevealed
    }

    @Test(arguments: [
        ("KEY=value", "value"), ("KEY = value \r\n", "value"), ("KEY=a=b#c", "a=b#c"), ("KEY=one\nKEY=two", "two"),
        (#"KEY="a\nb""#, "a\nb"), (#"KEY=" a ""#, " a "), (#"KEY="open"#, #""open"#), (#"KEY="a" b"#, #""a" b"#),
        ("# KEY=no\nKEY=yes", "yes"), ("KEY='q'", "'q'"),
    ])
    func `a value is what stands after its name`(text: String, value: String) {
        #expect(read("KEY", in: text) == value)
    }

    @Test(arguments: ["", "KEY=", "KEY=  ", #"KEY="""#, "#KEY=a", "KEY", "=a", "OTHER=a", "key=a"])
    func `a variable that is not there, or empty, has no value`(text: String) {
        #expect(read("KEY", in: text) == nil)
    }

    @Test func `setting a value leaves every other byte as it is`() {
        let file = EnvironmentFile(Array("# first\r\n\nA = 1 \nKEY=old\r\n  B=2\n\n#KEY=x\n".utf8))
        let set = String(decoding: file.setting("KEY", to: SecretValue("new")), as: UTF8.self)
        #expect(set == "# first\r\n\nA = 1 \nKEY=new\r\n  B=2\n\n#KEY=x\n")
        let added = String(decoding: file.setting("C", to: SecretValue("3")), as: UTF8.self)
        #expect(added == "# first\r\n\nA = 1 \nKEY=old\r\n  B=2\n\n#KEY=x\nC=3\n")
    }

    @Test(arguments: [("", "KEY=v\n"), ("A=1", "A=1\nKEY=v\n"), ("A=1\n\n", "A=1\n\nKEY=v\n"), ("KEY=a", "KEY=v")])
    func `a value is added as a line of its own`(before: String, after: String) {
        let bytes = EnvironmentFile(Array(before.utf8)).setting("KEY", to: SecretValue("v"))
        #expect(String(decoding: bytes, as: UTF8.self) == after)
    }

    @Test func `any value reads back as itself, and its neighbours stay`() {
        var generator = SeededGenerator(seed: 7)
        let parts = ["a", "\"", "\\", "\n", "\r", "\t", " ", "=", "#", "'", "é", "\u{1}", "\\n", "$", "👍🏽", "\u{0}"]
        for _ in 0..<2000 {
            let count = Int.random(in: 1...6, using: &generator)
            let value = (0..<count).map { _ in parts.randomElement(using: &generator) ?? "" }.joined()
            let file = EnvironmentFile(Array("A=1\nKEY=old\nB=2".utf8))
            let set = EnvironmentFile(file.setting("KEY", to: SecretValue(value)))
            #expect(set.value(for: "KEY")?.unsafeRevealed == value)
            #expect(set.value(for: "A")?.unsafeRevealed == "1")
            #expect(set.value(for: "B")?.unsafeRevealed == "2")
        }
    }
}
