import JSONText
import Renderers
import SampleStacks
import StackGraph
import StackModel
import TestInstruments
import Testing

@testable import Planning

struct DeploymentRecordTests {
    private func record(
        _ version: Int,
        _ state: DeploymentRecord.State,
        _ resources: [DesiredResource]
    ) -> DeploymentRecord {
        DeploymentRecord(
            version: version,
            state: state,
            stack: "s",
            program: "1",
            author: "a",
            moment: "m",
            group: AzureDocuments.scope.identifier,
            unfinished: [],
            resources: resources
        )
    }

    private func vault(_ name: String, _ body: Value, isProtected: Bool = false) -> DesiredResource {
        DesiredResource(
            id: "\(AzureDocuments.scope.identifier)/providers/Microsoft.KeyVault/vaults/\(name)",
            type: .vault,
            node: nil,
            body: body,
            needs: [],
            isProtected: isProtected
        )
    }

    private func tags(_ tags: (String, Value)...) -> Value {
        .object([.init("tags", .object(tags.map { .init($0.0, $0.1) }))])
    }

    @Test(arguments: 0..<30)
    func `reading gives back exactly what was written, through text`(seed: Int) throws {
        let graph = try RandomStack(seed: seed).graph
        var world = World()
        // Before anything is there, much is not known; a secret may be, or not.
        world.secret = seed.isMultiple(of: 3) ? nil : "canary"
        if seed.isMultiple(of: 2) { try world.apply(graph) }
        let record = DeploymentRecord(
            version: seed,
            state: seed.isMultiple(of: 4) ? .applied : .applying,
            stack: graph.name,
            program: "it's [1] \"\u{1}\"",
            author: RandomStack.hostileTexts[seed % RandomStack.hostileTexts.count],
            moment: "[now]",
            group: AzureDocuments.scope.identifier,
            unfinished: [seed, 3, 3, 1],
            resources: try world.desired(graph)
        )
        let text = try record.properties().text
        #expect(!text.contains("canary"))
        let read = try DeploymentRecord(properties: JSON(parsing: text))
        #expect(read == record)
        #expect(try read.properties().text == text)
    }

    @Test(arguments: 0..<40)
    func `every text is in a template what it was, and no expression`(seed: Int) throws {
        var random = SeededGenerator(seed: seed)
        let texts = seed == 0 ? RandomStack.hostileTexts : (0..<50).map { _ in RandomStack.text(using: &random) }
        let brackets = ["[", "]", "[]", "[[", "[[]", "[[x]]", "[parameters('x')]", "['", "[]\u{301}", "[\u{301}]"]
        let values = (texts + brackets).map { Value.string($0) } + texts.map { .expression($0) }
        let record = record(1, .applied, [vault("v", .object([.init("properties", .list(values))]))])
        let template = try #require(try record.properties()["mainTemplate"])
        let elements = template["resources"]?.array?.first?["properties"]?.array ?? []
        for (value, element) in zip(values, elements) {
            guard case .string = value, let string = element.string else { continue }
            if case .expression = TemplateText(string) { Issue.record("\(string.debugDescription)") }
        }
        let read = try DeploymentRecord(properties: JSON(parsing: record.properties().text))
        for (value, other) in zip(values, read.resources[0].body["properties"]?.elements ?? []) {
            #expect(value.scalar.map { Array($0.utf8) } == other.scalar.map { Array($0.utf8) } && value == other)
        }
        #expect(read == record)
    }

    @Test func `the template could be deployed`() throws {
        let graph = try SampleStacks.complete()
        var world = World()
        try world.apply(graph)
        let properties = try world.record(graph, 7, .applied).properties()
        let template = try #require(properties["mainTemplate"])
        let resources = try #require(template["resources"]?.array)
        let secret = try #require(resources.first { $0["type"] == "Microsoft.KeyVault/vaults/secrets" })
        #expect(secret["properties"]?["value"] == "[parameters('apiKey')]")
        #expect(secret["name"]?.string?.hasSuffix("/API-KEY") == true && secret["scope"] == nil)
        #expect(template["parameters"]?["apiKey"]?["type"] == "securestring")
        let role = try #require(resources.first { $0["type"] == "Microsoft.Authorization/roleAssignments" })
        #expect(role["scope"]?.string?.hasPrefix(AzureDocuments.scope.identifier) == true)
        #expect(role["name"]?.string?.contains("/") == false)
        #expect(role["dependsOn"]?.array?.contains(role["scope"] ?? .null) == true)
        #expect(properties["metadata"]?["resources"]?.array?.contains { $0["fingerprints"]?["apiKey"] != nil } == true)
    }

    @Test func `garbage, parts of records and later schemas are refused`() throws {
        let graph = try SampleStacks.small()
        let properties = try World().record(graph, 1, .applied).properties()
        #expect(throws: RecordError.newerSchema(2)) {
            try DeploymentRecord(properties: properties.replacing(["metadata", "schema"], with: 2))
        }
        let cases: [([String], JSON, String)] = [
            (["metadata"], 1, "properties.metadata.schema"),
            (["metadata", "schema"], 0, "properties.metadata.schema"),
            (["metadata", "state"], "done", "properties.metadata.state"),
            (["metadata", "unfinished"], [1, "2"], "properties.metadata.unfinished[1]"),
            (["metadata", "resources"], [], "properties.metadata.resources"),
            (["mainTemplate"], nil, "properties.mainTemplate.resources"),
            (["mainTemplate", "parameters"], [:], ""),
        ]
        for (path, value, place) in cases {
            let error = #expect(throws: RecordError.self) {
                try DeploymentRecord(properties: properties.replacing(path, with: value))
            }
            if !place.isEmpty { #expect(error == .unreadable(place)) }
        }
        for garbage: JSON in [nil, [], "x", [:], ["metadata": [:]]] {
            #expect(throws: RecordError.self) { try DeploymentRecord(properties: garbage) }
        }
    }

    @Test(arguments: 0..<30)
    func `a record with any part spoilt is read or refused, and stops nothing`(seed: Int) throws {
        var random = SeededGenerator(seed: seed)
        let properties = try World().record(RandomStack(seed: seed).graph, 1, .applied).properties()
        for _ in 0..<40 {
            let spoilt = properties.spoilt(using: &random)
            if let record = try? DeploymentRecord(properties: spoilt) { _ = try? record.properties() }
        }
    }

    @Test func `a secret that is no fingerprint, or too much, is never written`() {
        let source = SecretParameter(name: "key", environment: "KEY")
        let open = vault("v", .object([.init("x", .secret(HiddenValue("hunter2", of: source)))]))
        #expect(throws: RecordError.openSecret(open.id)) { try record(1, .applied, [open]).properties() }
        let large = vault("v", tags(("x", .string(String(repeating: "x", count: 2_000_000)))))
        let error = #expect(throws: RecordError.self) { try record(1, .applied, [large]).properties() }
        guard case .tooLarge(let bytes, 2_000_000) = error else {
            Issue.record("It was refused for another reason.")
            return
        }
        #expect(bytes > 2_000_000)
    }

    // MARK: Several versions

    @Test func `the last finished version counts, with what came after it and what that names`() {
        let records = [
            record(1, .applied, [vault("a", .empty)]), record(2, .applied, [vault("b", .empty)]),
            record(3, .applying, [vault("c", .empty)]), record(4, .applying, [vault("d", .empty)]),
        ]
        func names(_ records: [DeploymentRecord]) -> [String] {
            DeploymentRecord.applied(from: records).keys.map { String($0.suffix(1)) }.sorted()
        }
        #expect(names(records) == ["b", "c", "d"] && names(records.reversed()) == ["b", "c", "d"])
        #expect(names([records[0], records[2]]) == ["a", "c"] && names([records[3]]) == ["d"] && names([]) == [])
        let named = DeploymentRecord(
            version: 5,
            state: .applied,
            stack: "s",
            program: "1",
            author: "a",
            moment: "m",
            group: "",
            unfinished: [3, 4],
            resources: []
        )
        #expect(names(records + [named]) == ["c", "d"])
    }

    @Test func `what any version wrote is ours, and what they disagree about nobody knows`() throws {
        let source = SecretParameter(name: "key", environment: "KEY")
        func secret(_ text: String) -> Value { .secret(HiddenValue(.string(text), of: source)) }
        let records = [
            record(
                1,
                .applied,
                [vault("v", tags(("old", "1"), ("both", "2"), ("s", secret("a")), ("t", secret("c"))))]
            ),
            record(
                2,
                .applying,
                [
                    vault(
                        "v",
                        tags(("new", "3"), ("both", "2"), ("s", secret("b")), ("t", secret("c"))),
                        isProtected: true
                    )
                ]
            ),
        ]
        let merged = try #require(DeploymentRecord.applied(from: records).values.first)
        #expect(merged.isProtected && merged.isCertain)
        #expect(
            merged.body
                == tags(
                    ("new", .expression("unknown")),
                    ("both", "2"),
                    ("s", .secret(HiddenValue(nil, of: source))),
                    ("t", secret("c")),
                    ("old", .expression("unknown"))
                )
        )
    }

    @Test func `a secret is sent again after two versions disagreed, and kept where nobody gives it`() throws {
        let graph = try SampleStacks.small()
        var world = World()
        try world.apply(graph)
        let first = try world.record(graph, 1, .applied)
        world.secret = "another"
        let second = try world.record(graph, 2, .applying)
        world.applied = DeploymentRecord.applied(from: [first, second])
        #expect(try world.plan(graph).words == ["~ secrets/API-KEY: properties.value"])
        world.secret = "canary"
        #expect(try world.plan(graph).words == ["~ secrets/API-KEY: properties.value"])
        world.secret = nil
        #expect(try world.plan(graph).words == [] && world.plan(graph).missingSecrets == [])
    }

    @Test func `going back to a version asks for no secret`() throws {
        let graph = try SampleStacks.small()
        var world = World()
        try world.apply(graph)
        let first = try world.record(graph, 1, .applied)
        world.secret = "another"
        try world.apply(graph)
        #expect(world.plan(first.desired).words == [])
    }

    @Test(arguments: 0..<20)
    func `a deployment that was killed half-way, and a program that changed, orphan nothing`(seed: Int) throws {
        var random = SeededGenerator(seed: seed)
        let graphs = try (0..<3).map { try RandomStack(seed: 3 * seed + $0).graph }
        var world = World()
        try world.apply(graphs[0])
        let first = try world.record(graphs[0], 1, .applied)
        if seed.isMultiple(of: 3) { world.location = "northeurope" }
        let second = try world.record(graphs[1], 2, .applying)
        let count = try world.plan(graphs[1]).operations.count
        try world.apply(graphs[1], limit: Int.random(in: 0...count, using: &random))

        world.applied = try DeploymentRecord.applied(
            from: [first, second].map { try DeploymentRecord(properties: $0.properties()) }
        )
        let plan = try world.plan(graphs[2])
        #expect(plan.order.count == plan.operations.count)
        try world.apply(graphs[2])
        #expect(try Set(world.live.keys) == Set(world.desired(graphs[2]).map(\.id)))
        world.applied = DeploymentRecord.applied(from: [try world.record(graphs[2], 3, .applied)])
        #expect(try world.plan(graphs[2]).words == [])
    }
}

extension JSON {
    /// The document with one part replaced by something else, or left out.
    fileprivate func spoilt(using random: inout SeededGenerator) -> JSON {
        let junk: [JSON] = [
            nil, true, 7, "", "[x]", "[parameters('x')]", "[parameters('unknown_values')[']", [], [:], [[nil]],
        ]
        switch self {
        case .object(var members) where !members.isEmpty && Int.random(in: 0..<12, using: &random) > 0:
            let index = Int.random(in: members.indices, using: &random)
            if Int.random(in: 0..<12, using: &random) == 0 {
                members.remove(at: index)
            } else {
                members[index].value = members[index].value.spoilt(using: &random)
            }
            return .object(members)
        case .array(var elements) where !elements.isEmpty && Int.random(in: 0..<12, using: &random) > 0:
            let index = Int.random(in: elements.indices, using: &random)
            elements[index] = elements[index].spoilt(using: &random)
            return .array(elements)
        default: return junk.randomElement(using: &random) ?? nil
        }
    }
}
