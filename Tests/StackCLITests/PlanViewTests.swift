import JSONText
import Renderers
import SampleStacks
import StackGraph
import TestInstruments
import Testing

@testable import Planning
@testable import StackCLI

struct PlanViewTests {
    private static let plain = PlanView(palette: Palette(isOn: false), valueLimit: 60)

    @Test func `people see what leaves first, and each property that changes`() {
        #expect(
            Self.plain.lines(SamplePlans.mixed).joined(separator: "\n") == """
                - on bus-x1 (role assignment 3c5db2f6)
                - bus-x1/old (queue)
                ± jobs (queue)
                  ~ properties.requiresDuplicateDetection: false → true (forces replacement)
                  ~ properties.lockDuration: "PT30S" → "PT1M"
                + api (container app)
                ~ vault/API-KEY (secret)
                  ~ properties.value: (secret), another one
                ~ bus-x1 (Service Bus namespace)
                  - tags['a.b']: "x"
                  + sku.name: "Standard"
                  ~ properties.url: "old" → (known after create)

                Plan: 2 to delete, 1 to replace, 1 to create, 2 to change, 52 unchanged.
                """
        )
    }

    @Test func `colour marks what happens, and adds nothing else`() {
        let painted = PlanView(palette: Palette(isOn: true), valueLimit: 60).lines(SamplePlans.mixed)
        #expect(painted.map(\.withoutControls) == Self.plain.lines(SamplePlans.mixed))
        #expect(painted.contains("\u{1B}[31m- bus-x1/old (queue)\u{1B}[0m"))
    }

    @Test func `a plan without steps says that there is nothing to do`() {
        #expect(Self.plain.lines(Plan(steps: [], unchanged: 7)) == ["Nothing to do: 7 unchanged."])
    }

    @Test func `the first plan of a stack is a line for each resource, each with a name of its own`() throws {
        let plan = try SamplePlans.first(try SampleStacks.complete())
        let lines = Self.plain.lines(plan)
        #expect(lines.count == plan.steps.count + 2)
        #expect(Set(lines).count == lines.count)
        let names = ["api (container app)", "api (managed identity)", "files/uploads (blob container)"]
        for name in names + ["vault/API-KEY (secret)", "cache/workspace (diagnostic setting)"] {
            #expect(lines.contains("+ \(name)"))
        }
        #expect(lines.contains("+ api on jobs (role assignment 053e1649)"))
        #expect(lines.last == "Plan: \(plan.steps.count) to create, 0 unchanged.")
    }

    @Test func `programs get one document with whole values`() throws {
        let document = PlanJSON.document(SamplePlans.mixed, of: SamplePlans.subject)
        #expect(try JSON(parsing: document.text) == document)
        #expect(document["version"] == 1)
        #expect(document["subject"]?["resourceGroup"] == "shop")
        #expect(document["counts"] == ["delete": 2, "replace": 1, "create": 1, "change": 2, "unchanged": 52])
        let steps = document["steps"]?.array ?? []
        #expect(
            steps[0] == [
                "id": .string(SamplePlans.app), "type": "Microsoft.App/containerApps", "node": "api",
                "action": "create",
                "body": [
                    "location": "westeurope",
                    "properties": [
                        "environmentId": ["$expression": "environment.id"], "empty": [:],
                        "containers": [["name": "api", "key": ["$secret": true]]], "zones": ["1", "2"],
                    ],
                ],
                "cause": .string(SamplePlans.bus),
            ]
        )
        #expect(steps[1]["because"] == ["properties.requiresDuplicateDetection"])
        #expect(
            steps[2]["properties"] == [
                ["path": "properties.value", "change": "changed", "old": ["$secret": true], "new": ["$secret": true]]
            ]
        )
        #expect(steps[4]["node"] == nil && steps[4]["action"] == "delete")
    }

    // MARK: Markdown

    @Test func `a pull request sees counts and what leaves, and the rest folded`() {
        #expect(
            PlanMarkdown.text(SamplePlans.mixed, of: SamplePlans.subject) == """
                ### Plan: **2 to delete**, **1 to replace**, 1 to create, 2 to change, 52 unchanged

                Stack `shop`, stage `dev`, resource group `shop`, subscription `22222222-2222-2222-2222-222222222222`

                **To delete**

                - `on bus-x1 (role assignment 3c5db2f6)`
                - `bus-x1/old (queue)`

                **To replace**

                - `jobs (queue)`, because of `properties.requiresDuplicateDetection`

                <details><summary>2 to delete</summary>

                ```diff
                - on bus-x1 (role assignment 3c5db2f6)
                - bus-x1/old (queue)
                ```

                </details>
                <details><summary>1 to replace</summary>

                ```diff
                ! jobs (queue)
                !   properties.requiresDuplicateDetection: false → true (forces replacement)
                !   properties.lockDuration: "PT30S" → "PT1M"
                ```

                </details>
                <details><summary>1 to create</summary>

                ```diff
                + api (container app)
                +   location: "westeurope"
                +   properties.environmentId: (known after create)
                +   properties.empty: {}
                +   properties.containers[0].name: "api"
                +   properties.containers[0].key: (secret)
                +   properties.zones: ["1", "2"]
                ```

                </details>
                <details><summary>2 to change</summary>

                ```diff
                ! vault/API-KEY (secret)
                !   properties.value: (secret), another one
                ! bus-x1 (Service Bus namespace)
                -   tags['a.b']: "x"
                +   sku.name: "Standard"
                !   properties.url: "old" → (known after create)
                ```

                </details>

                """
        )
    }

    /// A plan whose every text is this one.
    private static func plan(of text: String) -> Plan {
        let path = PropertyPath([.member(text), .element(text)])
        return Plan(
            steps: [
                SamplePlans.step(text, .queue, text, .create([text: .string(text)])),
                SamplePlans.step("/a/providers/b/c/\(text)", .queue, nil, .delete),
                SamplePlans.step(
                    SamplePlans.app,
                    .queue,
                    text,
                    .replace([.init(path, .changed(from: .string(text), to: .literal(text)))], because: [path])
                ),
            ],
            unchanged: 0
        )
    }

    private static let attacks = [
        "</details></summary><script>", "```\n# x", "`", "``````", "a\n- b", "a|b", "\u{1B}[2J\u{1B}]0;x\u{7}\u{9B}31m",
        "\u{202E}drawkcab\u{2066}", "a\u{2028}b", "![x](https://x)", "", " ", "\u{301}",
    ]

    @Test(arguments: attacks + RandomStack.hostileTexts)
    func `no text breaks out of its place`(text: String) {
        let plan = Self.plan(of: text)
        let lines = Self.plain.lines(plan)
        #expect(lines.count == 6)
        let markdown = PlanMarkdown.text(plan, of: PlanSubject(stack: text, stage: text, scope: SamplePlans.scope))
        for scalar in (lines.joined() + markdown).unicodeScalars where scalar != "\n" && scalar != "\t" {
            #expect(scalar.properties.generalCategory != .control && !scalar.properties.isBidiControl)
        }
        #expect(Self.isSound(markdown))
    }

    /// Whether every fence and fold ends, and nothing but them begins with HTML.
    private static func isSound(_ markdown: String) -> Bool {
        var fence: Substring?
        var depth = 0
        for bytes in markdown.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            let line = Substring(bytes)
            if let open = fence {
                if line == open { fence = nil }
            } else if line.hasPrefix("```") {
                fence = line.prefix { $0 == "`" }
            } else if line.hasPrefix("<details><summary>") {
                depth += 1
            } else if line == "</details>" {
                depth -= 1
            } else if line.hasPrefix("<") {
                return false
            }
            guard (0...1).contains(depth) else { return false }
        }
        return fence == nil && depth == 0
    }

    @Test(arguments: [40, 600, 1 << 20])
    func `it stays within what GitHub takes, and is sound wherever it is cut`(limit: Int) {
        let large = String(repeating: "x`<&", count: 1 << 18)
        let name = String(repeating: "n", count: 120)
        let many = (0..<8_000).map { index in
            SamplePlans.step(SamplePlans.id("a/b/r\(index)"), .queue, "r\(index)", .create(["name": .string(name)]))
        }
        for plan in [Self.plan(of: large), Plan(steps: many, unchanged: 0)] {
            let text = PlanMarkdown.text(plan, of: SamplePlans.subject, byteLimit: limit)
            #expect(text.utf8.count <= limit)
            #expect(Self.isSound(text))
            #expect(text.isEmpty || text.contains("… the rest does not fit; see `infra preview`"))
        }
    }

    @Test func `a secret is in no form of a plan`() throws {
        for plan in [SamplePlans.mixed, try SamplePlans.first(try SampleStacks.complete())] {
            let forms = [
                PlanView(palette: Palette(isOn: true), valueLimit: nil).lines(plan).joined(),
                PlanJSON.document(plan, of: SamplePlans.subject).text,
                PlanMarkdown.text(plan, of: SamplePlans.subject),
            ]
            for form in forms { #expect(!form.contains(SamplePlans.canary)) }
        }
    }
}
