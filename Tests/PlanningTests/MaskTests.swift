import Renderers
import Testing

@testable import Planning

struct MaskTests {
    static let template = "@secure()\nparam apiKey string\nparam size string = 'small'\n"
    static let key = "sk-live-0123456789"

    struct Row: Sendable, CustomTestStringConvertible {
        let what: String
        let files: RenderedFiles
        var testDescription: String { what }
    }

    /// Folders in which somebody put a secret where none belongs.
    static let rows = [
        Row(
            what: "the default of a parameter",
            files: bicep(main: template.replacing("apiKey string", with: "apiKey string = '\(key)'"))
        ),
        Row(what: "a parameter file", files: bicep(parameters: "using './main.bicep'\nparam apiKey = '\(key)'\n")),
        Row(what: "a parameter file with a fault", files: bicep(parameters: "nonsense\nparam apiKey = '\(key)'\n")),
        Row(
            what: "a template with a fault",
            files: bicep(main: template.replacing("apiKey string", with: "apiKey string = '\(key)'") + "module")
        ),
        Row(what: "a text inside another", files: bicep(parameters: "param apiKey = 'a-${x}-\(key)'\n")),
        Row(
            what: "the value of a secret of a container app",
            files: bicep(main: template + app("{ name: 'key', value: '\(key)' }"))
        ),
        Row(
            what: "the value of a secret of a vault",
            files: bicep(
                main: template
                    + "resource s 'Microsoft.KeyVault/vaults/secrets@1' = { properties: { value: '\(key)' } }\n"
            )
        ),
        Row(what: "a default of an ARM template", files: arm(template: arm(default: #","defaultValue":"\#(key)""#))),
        Row(what: "an ARM parameter file", files: arm(parameters: #"{"parameters":{"apiKey":{"value":"\#(key)"}}}"#)),
        Row(
            what: "an object of secrets",
            files: arm(parameters: #"{"parameters":{"apiKey":{"value":{"nested":["\#(key)"]}}}}"#)
        ),
        Row(
            what: "an ARM parameter file with a fault",
            files: arm(parameters: "{\"parameters\":{\"apiKey\":{\n\"value\": \"\(key)\"}}")
        ),
        Row(
            what: "a credential of a unit",
            files: [.systemd: [RenderedFile("a.service", "[Service]\nSetCredential=KEY:\(key)\n")]]
        ),
    ]

    @Test(arguments: rows)
    func `a secret on disk appears in no difference`(row: Row) {
        let clean: RenderedFiles = [
            .bicep: [
                RenderedFile("main.bicep", Self.template + Self.app("")),
                RenderedFile("main.bicepparam", "using './main.bicep'\n"),
            ],
            .arm: [
                RenderedFile("azuredeploy.json", Self.arm(default: "")),
                RenderedFile("azuredeploy.parameters.json", "{}"),
            ],
            .systemd: [RenderedFile("a.service", "[Service]\n")],
        ]
        for (old, new) in [(row.files, clean), (clean, row.files), (row.files, [:]), ([:], row.files)] {
            let difference = Difference(from: old, to: new)
            #expect(!difference.isEmpty)
            #expect(!"\(difference)".contains("0123456789"))
            var dumped = ""
            dump(difference, to: &dumped)
            #expect(!dumped.contains("0123456789"))
            #expect(!"\(TextDifference(from: old, to: new))".contains("0123456789"))
        }
    }

    static let settings: [(path: FilePath, old: String, new: String)] = [
        (FilePath(.compose, ".env.example"), "API_KEY=", "API_KEY=\(key)\nexport API_KEY='\(key)'\n"),
        (FilePath(.compose, "compose.yaml"), "services: {a: {}}", "services: {a: {environment: {API_KEY: \(key)}}}"),
        (FilePath(.compose, "compose.yaml"), "services: {a: {}}", "services: {a: {environment: [API_KEY=\(key)]}}"),
        (FilePath(.compose, "compose.yaml"), "services: {a: {}}", "services: [\nAPI_KEY=\(key)"),
        (FilePath(.systemd, "a.service"), "[Service]", "[Service]\nEnvironment=API_KEY=\(key)\n"),
        (FilePath(.systemd, "install.sh"), "true", "API_KEY=\(key) ./run\n"),
    ]

    @Test(arguments: settings)
    func `a setting that holds a secret does not show it`(row: (path: FilePath, old: String, new: String)) {
        let old: RenderedFiles = [row.path.format: [RenderedFile(row.path.path, row.old)]]
        let new: RenderedFiles = [row.path.format: [RenderedFile(row.path.path, row.new)]]
        #expect(!Difference(from: old, to: new).isEmpty)
        #expect(!"\(Difference(from: old, to: new, hiding: ["API_KEY"]))".contains("0123456789"))
        #expect(!"\(TextDifference(from: old, to: new, hiding: ["API_KEY"]))".contains("0123456789"))
        #expect("\(TextDifference(from: old, to: new))".contains("0123456789"))
    }

    @Test func `what stands for a secret is no secret`() {
        let mask = TextMask(settings: ["API_KEY"])
        #expect(mask.masked("API_KEY=") == "API_KEY=")
        #expect(mask.masked("API_KEY=${API_KEY}") == "API_KEY=${API_KEY}")
        #expect(mask.masked("OTHER=1") == "OTHER=1")
        #expect(mask.masked("# API_KEY: from the shop") == "# API_KEY: from the shop")
    }

    @Test func `another secret is another value, and says no more`() throws {
        let old = Self.bicep(parameters: "param apiKey = 'one'\n")
        let new = Self.bicep(parameters: "param apiKey = 'two'\n")
        let difference = Difference(from: old, to: new)
        #expect(difference.counts.changed == 1)
        guard case .things(let things) = difference.files[0].content, case .changed(let changes) = things[0].change
        else {
            throw ReadingError("no change", line: nil)
        }
        #expect(
            changes == [
                PropertyChange(
                    PropertyPath([.member("value")]),
                    .changed(from: Value.string("one").hidden, to: Value.string("two").hidden)
                )
            ]
        )
        #expect(Difference(from: old, to: old).isEmpty)
    }

    @Test func `a secret of several lines is taken out of each of them`() {
        let mask = TextMask(hiding: [Value.string("-----BEGIN\nabc\"def\nEND-----").hidden])
        #expect(mask.masked("x: abc\"def") == "x: (secret)")
        #expect(mask.masked(#"-----BEGIN\nabc\"def\nEND-----"#) == "(secret)")
        #expect(mask.masked("nothing") == "nothing")
    }

    private static func bicep(main: String = template, parameters: String = "") -> RenderedFiles {
        [.bicep: [RenderedFile("main.bicep", main), RenderedFile("main.bicepparam", parameters)]]
    }

    private static func app(_ secrets: String) -> String {
        """
        resource chat 'Microsoft.App/containerApps@1' = {
          properties: {
            configuration: {
              secrets: [\(secrets)]
            }
          }
        }

        """
    }

    private static func arm(default text: String) -> String {
        #"{"parameters":{"apiKey":{"type":"secureString"\#(text)}},"resources":[]}"#
    }

    private static func arm(template: String = arm(default: ""), parameters: String = "{}") -> RenderedFiles {
        [.arm: [RenderedFile("azuredeploy.json", template), RenderedFile("azuredeploy.parameters.json", parameters)]]
    }
}
