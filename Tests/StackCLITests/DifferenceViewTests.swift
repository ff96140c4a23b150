import JSONText
import Planning
import Renderers
import Testing

@testable import StackCLI

struct DifferenceViewTests {
    private static let names = (old: "infra/rendered/dev on disk", new: "stage dev")

    static let old: RenderedFiles = [
        .bicep: [
            RenderedFile(
                "main.bicep",
                """
                param location string
                resource chat 'Microsoft.App/containerApps@2025-01-01' = {
                  dependsOn: [vault]
                  tags: { owner: 'ada' }
                  properties: { env: [{ name: 'PORT', value: '8000' }] }
                }
                resource cache 'Microsoft.Cache/redisEnterprise@2025-01-01' = {}
                """
            )
        ],
        .compose: [RenderedFile(".env.example", "A=\nB=\n"), RenderedFile("extra.toml", "x")],
        .arm: [RenderedFile("azuredeploy.json", #"{"a":1,"b":2}"#)],
    ]
    static let new: RenderedFiles = [
        .bicep: [
            RenderedFile(
                "main.bicep",
                """
                param location string
                resource chat 'Microsoft.App/containerApps@2025-01-01' = {
                  dependsOn: [queue]
                  properties: { env: [{ name: 'PORT', value: '8080' }], scale: { maxReplicas: 10 } }
                }
                resource queue 'Microsoft.ServiceBus/namespaces/queues@2024-01-01' = {}
                """
            )
        ],
        .compose: [RenderedFile(".env.example", "A=\nC=\n"), RenderedFile("extra.toml", "y")],
        .arm: [RenderedFile("azuredeploy.json", #"{"b":2,"a":1}"#)],
        .diagram: [RenderedFile("graph.mmd", "flowchart LR\n")],
    ]
    static let difference = Difference(from: old, to: new)

    @Test func `people see what changed, by format, file and thing`() {
        let lines = DifferenceView(palette: Palette(isOn: false), valueLimit: 60).lines(Self.difference, Self.names)
        #expect(
            lines.joined(separator: "\n") == """
                old: infra/rendered/dev on disk
                new: stage dev

                bicep
                  main.bicep
                    ~ resource chat (Microsoft.App/containerApps)
                      - dependsOn[vault]
                      + dependsOn[queue]
                      - tags: { owner: "ada" }
                      ~ properties.env[PORT].value: "8000" → "8080"
                      + properties.scale: { maxReplicas: 10 }
                    - resource cache (Microsoft.Cache/redisEnterprise)
                    + resource queue (Microsoft.ServiceBus/namespaces/queues)
                compose
                  .env.example
                      @@ -1,2 +1,2 @@
                      A=
                    - B=
                    + C=
                  extra.toml
                    ! compared line by line: files of this kind cannot be read as anything else
                      @@ -1 +1 @@
                    - x
                    + y
                + diagram: 1 file, 1 thing; the old side has none of it

                2 added, 3 changed, 1 removed, 2 unchanged.
                Only spelled differently (see --text): arm/azuredeploy.json
                """
        )
    }

    @Test func `colour marks what happened, and adds nothing else`() {
        let plain = DifferenceView(palette: Palette(isOn: false), valueLimit: nil).lines(Self.difference, Self.names)
        let painted = DifferenceView(palette: Palette(isOn: true), valueLimit: nil).lines(Self.difference, Self.names)
        #expect(painted.map(\.withoutControls) == plain)
        #expect(painted.contains { $0.contains("\u{1B}[31m- resource cache") })
    }

    @Test func `nothing is said to be nothing`() {
        let same = Difference(from: Self.new, to: Self.new)
        let lines = DifferenceView(palette: Palette(isOn: false), valueLimit: nil).lines(same, Self.names)
        #expect(lines.last == "Nothing is different; 7 unchanged.")
    }

    @Test func `long values are cut where they part on a terminal, and whole elsewhere`() {
        let shared = String(repeating: "a", count: 500)
        let values = ValueText(limit: 30)
        let pair = values.pair(.string(shared + "1"), .string(shared + "2"))
        #expect(pair.old == "…aaaaaaaaaa1\"")
        #expect(pair.new == "…aaaaaaaaaa2\"")
        #expect(values.text(.string(shared)) == "\"\(String(repeating: "a", count: 29))… (502 characters)")
        #expect(ValueText(limit: nil).text(.string(shared)).count == 502)
        #expect(values.pair("a", "b") == ("\"a\"", "\"b\""))
    }

    @Test func `a value cannot play tricks on a terminal`() {
        let text = ValueText(limit: nil).text("\u{1B}[2J\u{9B}31mred\r\n")
        #expect(text == #""\u001b[2J31mred\r\n""#)
        let files: RenderedFiles = [.diagram: [RenderedFile("graph.mmd", "\u{1B}]0;title\u{7}x\n")]]
        let lines = DifferenceView(palette: Palette(isOn: false), valueLimit: nil)
            .lines(Difference(from: files, to: [.diagram: [RenderedFile("graph.mmd", "y\n")]]), Self.names)
        #expect(!lines.joined().contains("\u{1B}"))
    }

    @Test func `programs get one document with whole values`() throws {
        let document = DifferenceJSON.document(Self.difference, Self.names)
        #expect(try JSON(parsing: document.text) == document)
        #expect(document["version"] == 1)
        #expect(document["counts"] == ["added": 2, "changed": 3, "removed": 1, "unchanged": 2])
        #expect(document["respelled"] == ["arm/azuredeploy.json"])
        let files = document["files"]?.array ?? []
        #expect(files.map { $0["path"]?.string } == ["main.bicep", ".env.example", "extra.toml", "graph.mmd"])
        let chat = files[0]["things"]?.array?[0]
        #expect(
            chat == [
                "kind": "resource", "type": "Microsoft.App/containerApps", "name": "chat", "change": "changed",
                "properties": [
                    ["path": "dependsOn[vault]", "change": "removed", "old": ["$expression": "vault"]],
                    ["path": "dependsOn[queue]", "change": "added", "new": ["$expression": "queue"]],
                    ["path": "tags", "change": "removed", "old": ["owner": "ada"]],
                    ["path": "properties.env[PORT].value", "change": "changed", "old": "8000", "new": "8080"],
                    ["path": "properties.scale", "change": "added", "new": ["maxReplicas": 10]],
                ],
            ]
        )
        #expect(files[1]["hunks"] == [["header": "@@ -1,2 +1,2 @@", "lines": [" A=", "-B=", "+C="]]])
        #expect(files[2]["notes"] == [["reason": "unknown kind of file"]])
    }

    // MARK: Markdown

    @Test func `a pull request sees counts and removals first, and the rest folded`() {
        let text = DifferenceMarkdown.text(Self.difference, Self.names)
        #expect(
            text.hasPrefix(
                """
                ### **1 removed**, 2 added, 3 changed, 2 unchanged

                Old: `infra/rendered/dev on disk`<br>
                New: `stage dev`

                **Removed**

                - `resource cache (Microsoft.Cache/redisEnterprise)` in `bicep/main.bicep`

                <details><summary>bicep/main.bicep: 1 added, 1 changed, 1 removed</summary>

                ```diff
                ! resource chat (Microsoft.App/containerApps)
                -   dependsOn[vault]
                """
            )
        )
        #expect(text.components("<details>") == text.components("</details>"))
    }

    @Test func `contents cannot leave their fence`() {
        let old: RenderedFiles = [.diagram: [RenderedFile("graph.mmd", "````\n</details><b>\n")]]
        let new: RenderedFiles = [.diagram: [RenderedFile("graph.mmd", "x\n")]]
        let text = DifferenceMarkdown.text(Difference(from: old, to: new), (old: "a`b", new: "c"))
        #expect(text.contains("\n`````diff\n"))
        #expect(text.contains("Old: ``a`b``<br>"))
    }

    @Test func `it stays within what GitHub takes`() {
        let many = (0..<20_000).map { "resource r\($0) 'A/b@1' = { name: 'r\($0)' }\n" }
        let old: RenderedFiles = [.bicep: [RenderedFile("main.bicep", many.joined())]]
        let new: RenderedFiles = [
            .bicep: [RenderedFile("main.bicep", many.joined().replacing("name: 'r", with: "name: '"))],
            .diagram: [RenderedFile("graph.mmd", "x\n")],
        ]
        let text = DifferenceMarkdown.text(Difference(from: old, to: new), Self.names)
        #expect(text.utf8.count <= 1 << 20)
        #expect(text.contains("… the rest does not fit; see `infra diff`"))
        #expect(text.components("<details>") == text.components("</details>"))
        let none = DifferenceMarkdown.text(Difference(from: old, to: new), Self.names, byteLimit: 600)
        #expect(none.utf8.count <= 600)
    }
}

extension String {
    fileprivate func components(_ word: String) -> Int {
        split(separator: word, omittingEmptySubsequences: false).count
    }
}
