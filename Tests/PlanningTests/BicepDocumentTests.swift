import Testing

@testable import Planning

struct BicepDocumentTests {
    @Test func `every declaration becomes a thing with its properties`() throws {
        let things = try BicepDocument.things(
            """
            // What a renderer writes.
            targetScope = 'resourceGroup'
            metadata owner = 'ada'

            @description('Where.')
            param location string = resourceGroup().location
            @allowed([
              'a'
              'b'
            ])
            @minLength(1)
            param size 'a' | 'b' = 'a' /* the default */
            @secure()
            param openAIKey string

            var names = ['x', 'y']

            #disable-next-line no-unused-existing-resources
            resource vault 'Microsoft.KeyVault/vaults@2024-11-01' existing = {
              name: 'vault'
            }

            resource chat 'Microsoft.App/containerApps@2025-01-01' = if (size == 'a') {
              name: 'chat'
              dependsOn: [vault]
              properties: {
                'odd-key': null, count: -3
              }
            }

            resource each 'A.B/c@1' = [
              for (name, index) in names: {
                name: '${name}-${index}'
              }
            ]

            output url string? = 'https://${chat.properties.configuration!.ingress.fqdn}/'
            """
        )
        let expected: [Thing] = [
            Thing(
                .init(.document, ""),
                .object([.init("targetScope", "resourceGroup"), .init("metadata.owner", "ada")])
            ),
            Thing(
                .init(.parameter, "location"),
                .object([
                    .init("description", "Where."), .init("type", .expression("string")),
                    .init("default", .expression("resourceGroup().location")),
                ])
            ),
            Thing(
                .init(.parameter, "size"),
                .object([
                    .init("allowed", .list(["a", "b"])), .init("minLength", .literal("1")),
                    .init("type", .expression("'a' | 'b'")), .init("default", "a"),
                ])
            ),
            Thing(
                .init(.parameter, "openAIKey"),
                .object([.init("secure", .bool(true)), .init("type", .expression("string"))])
            ),
            Thing(.init(.variable, "names"), .object([.init("value", .list(["x", "y"]))])),
            Thing(
                .init(.resource, type: "Microsoft.KeyVault/vaults", "vault"),
                .object([.init("apiVersion", "2024-11-01"), .init("existing", .bool(true)), .init("name", "vault")])
            ),
            Thing(
                .init(.resource, type: "Microsoft.App/containerApps", "chat"),
                .object([
                    .init("apiVersion", "2025-01-01"), .init("condition", .expression("size == 'a'")),
                    .init("name", "chat"), .init("dependsOn", .list([.expression("vault")])),
                    .init("properties", .object([.init("odd-key", .null), .init("count", .literal("-3"))])),
                ])
            ),
            Thing(
                .init(.resource, type: "A.B/c", "each"),
                .object([
                    .init("apiVersion", "1"), .init("copy", .expression("(name, index) in names")),
                    .init("name", .expression("'${name}-${index}'")),
                ])
            ),
            Thing(
                .init(.output, "url"),
                .object([
                    .init("type", .expression("string?")),
                    .init("value", .expression("'https://${chat.properties.configuration!.ingress.fqdn}/'")),
                ])
            ),
        ]
        #expect(things == expected)
    }

    /// An expression, and how it is spelled for comparison; `nil` where it is spelled so already.
    static let expressions: [(written: String, canonical: Value)] = [
        ("a  ?  b:c", .expression("a ? b : c")),
        ("a\n  ? b\n  : c", .expression("a ? b : c")),
        ("a ?? b", .expression("a ?? b")),
        ("a==b&&!c||d", .expression("a == b && !c || d")),
        ("1+2*3 - 4", .expression("1 + 2 * 3 - 4")),
        ("( a )", .expression("(a)")),
        ("f( 'x' ,\n { a: 1 } )", .expression("f('x', { a: 1 })")),
        ("x.list().keys[0].value", .expression("x.list().keys[0].value")),
        ("x.?y[?0]!", .expression("x.?y[?0]!")),
        ("parent::child.id", .expression("parent::child.id")),
        ("[for i in range(0, 3): { n: i }]", .expression("[for i in range(0, 3): { n: i }]")),
        ("union(a, {\n  'b-c': true\n})", .expression("union(a, { 'b-c': true })")),
        ("'${ a }${'in ${b} side'}'", .expression("'${a}${'in ${b} side'}'")),
        ("format('{0}', x)", .expression("format('{0}', x)")),
        ("-x", .expression("-x")), ("- 5", .literal("-5")), ("null", .null), ("{}", .empty), ("[]", .list([])),
        ("[\n  // nothing\n]", .list([])),
        ("{ a: 1, b: 2 }", .object([.init("a", .literal("1")), .init("b", .literal("2"))])),
        ("forever", .expression("forever")), ("[forever]", .list([.expression("forever")])),
    ]

    @Test(arguments: expressions)
    func `an expression has one spelling`(row: (written: String, canonical: Value)) throws {
        let things = try BicepDocument.things("var x = \(row.written)\n")
        #expect(things.first?.properties["value"] == row.canonical)
        if case .expression(let text) = row.canonical {
            #expect(try BicepDocument.things("var x = \(text)").first?.properties["value"] == row.canonical)
        }
    }

    static let strings: [(written: String, text: String)] = [
        ("''", ""), (#"'a\'b\\c\n\r\t\$\u{1F600}'"#, "a'b\\c\n\r\t$\u{1F600}"), ("'$ $$ {x} $'", "$ $$ {x} $"),
        (#"'\${x}'"#, "${x}"), ("'# // /* */ é 👩‍👩‍👧'", "# // /* */ é 👩‍👩‍👧"),
        ("'''\nfirst\n  ${second} '' \\n\n'''", "first\n  ${second} '' \\n\n"), ("'''one'''", "one"),
        ("'''quoted''''", "quoted'"), ("$'''\nplain $ {x}'''", "plain $ {x}"), ("$$'''${x}'''", "${x}"),
    ]

    @Test(arguments: strings)
    func `a text means the same in each of its forms`(row: (written: String, text: String)) throws {
        let value = try BicepDocument.things("var x = \(row.written)").first?.properties["value"]
        #expect(value?.string.map { Array($0.utf8) } == Array(row.text.utf8))
    }

    @Test func `a long text with a placeholder is an expression like a short one`() throws {
        let long = try BicepDocument.things("var x = $'''\na\n${b}'''")
        let short = try BicepDocument.things(#"var x = 'a\n${b}'"#)
        #expect(long == short)
    }

    @Test func `a parameter file gives values`() throws {
        let things = try BicepDocument.things("using './main.bicep'\n\nparam size = 'b'\n", isParameters: true)
        #expect(
            things == [
                Thing(.init(.document, ""), .object([.init("using", "./main.bicep")])),
                Thing(.init(.parameter, "size"), .object([.init("value", "b")])),
            ]
        )
    }

    static let faults: [(text: String, line: Int, reason: String)] = [
        ("param a string\nmodule m './m.bicep' = {}\n", 2, "'module' is not read here"),
        ("var a = {\n  b: 1\n  b: 2\n}", 3, "'b' stands twice"),
        ("var a = 'x\n", 1, "the line ends too early"),
        ("var a = 'x", 1, "the file ends too early"),
        ("\n\nvar a = '\\q'", 3, "an escape that stands for nothing"),
        ("var a = '\\u{D800}'", 1, "an escape that stands for nothing"),
        ("var a = [1, 2", 1, "the file ends too early"),
        ("var a = 1 var b = 2", 1, "unexpected 'v'"),
        ("var a = \n/* never", 2, "a comment without an end"),
        ("var a = '''never", 1, "a text without an end"),
        ("resource a '${b}' = {}", 1, "a resource whose type is no plain text"),
        ("var a = é", 1, "unexpected 'é'"),
        ("var a = " + String(repeating: "[", count: 1000), 1, "nested deeper than 64 levels"),
        ("var a = " + String(repeating: "!", count: 100_000), 1, "nested deeper than 64 levels"),
        ("param a " + String(repeating: "(", count: 100_000), 1, "nested deeper than 64 levels"),
    ]

    @Test(arguments: faults)
    func `a fault names its line`(row: (text: String, line: Int, reason: String)) {
        #expect(throws: ReadingError(row.reason, line: row.line)) { try BicepDocument.things(row.text) }
    }
}
