import JSONText
import Testing

@testable import Renderers

struct BicepSyntaxTests {
    @Test(
        arguments: [
            ("it's", #"'it\'s'"#), ("${x} $x $", #"'\${x} $x $'"#), ("a\\b", #"'a\\b'"#), ("1\n2\r\t", #"'1\n2\r\t'"#),
            ("\u{1}🛳️", #"'\u{1}🛳️'"#),
        ]
    )
    func `a text is escaped as Bicep reads it`(text: String, bicep: String) {
        #expect(text.inBicep == bicep)
    }

    @Test func `a dollar at the end of a text does not open the brace of the next`() {
        #expect(ARMValue.joined(["$", "{", .parameter("x"), "}"]).bicep == #"'\${${x}}'"#)
    }

    @Test func `text that looks like an expression is no expression in a template`() {
        let expressions = ARMExpressions(ARMTemplate(stack: "s"))
        #expect(expressions.json("[parameters('x')]") == "[[parameters('x')]")
        #expect(expressions.json("[open") == "[open")
        #expect(
            expressions.json(.joined(["it's {", .parameter("x"), "}"])) == "[format('it''s {{{0}}}', parameters('x'))]"
        )
    }

    @Test func `a name needs quotes only where Bicep asks for them`() {
        #expect(["a", "_b1", "AzureWebJobsStorage__x"].allSatisfy { $0.isBicepName })
        #expect(["", "1a", "a-b", "größe", "true", "null"].allSatisfy { !$0.isBicepName })
    }

    @Test func `symbols read well, never hide a function, and are never the same`() {
        var table = SymbolTable()
        #expect(table.name(["events-dead"]) == "eventsDead")
        #expect(table.name(["eventsDead"]) == "eventsDead2")
        #expect(table.name(["events-dead"]) == "eventsDead")
        #expect(table.name(["vault", "OPENAI_API_KEY", "secret"]) == "vaultOpenaiApiKeySecret")
        #expect(table.name(["environment"]) == "environment2")
        #expect(table.name(["1st"]) == "r1st")
    }
}
