import JSONText
import Renderers
import SampleStacks
import StackGraph
import TestInstruments
import Testing
import ValidatorTools

@testable import Planning

struct LiveComparisonTests {
    private func changes(
        _ type: ResourceType,
        _ desired: JSON,
        _ live: JSON,
        applied: JSON? = nil
    ) -> [String] {
        let result = LiveComparison.result(
            of: type,
            desired: Value(desired),
            live: Value(live),
            applied: applied.map { Value($0) }
        )
        return result.changes.map { change in
            switch change.change {
            case .added: "+ \(change.path)"
            case .removed: "- \(change.path)"
            case .changed: "~ \(change.path)"
            }
        } + result.forcing.map { "! \($0)" }
    }

    @Test func `what Azure adds of its own is no change`() {
        let desired: JSON = ["location": "westeurope", "properties": ["maxDeliveryCount": 5]]
        let live: JSON = [
            "id": "/subscriptions/s", "location": "West Europe", "etag": "x",
            "properties": ["maxDeliveryCount": 5, "status": "Active", "provisioningState": "Succeeded"],
        ]
        #expect(changes(.queue, desired, live) == [])
    }

    @Test func `words that Azure spells its own way are the same, and a person's own words are not`() {
        let desired: JSON = [
            "properties": [
                "template": [
                    "containers": [
                        ["name": "a", "env": [["name": "X", "value": "Yes"]], "probes": [["type": "Liveness"]]]
                    ]
                ]
            ]
        ]
        let live: JSON = [
            "properties": [
                "template": [
                    "containers": [
                        ["name": "a", "env": [["name": "X", "value": "yes"]], "probes": [["type": "liveness"]]]
                    ]
                ]
            ]
        ]
        #expect(
            changes(.containerApp, desired, live) == [
                "~ properties.template.containers[a].env[X].value"
            ]
        )
    }

    @Test func `identifiers are the same in any capitals, also as names of members`() {
        let desired: JSON = ["identity": ["userAssignedIdentities": ["/subscriptions/S/a": [:]]]]
        let live: JSON = ["identity": ["userAssignedIdentities": ["/subscriptions/s/A": ["clientId": "c"]]]]
        #expect(changes(.containerApp, desired, live) == [])
    }

    @Test func `a property that the program no longer writes is removed, and one of others is left alone`() {
        let desired: JSON = ["tags": ["a": "1"]]
        let live: JSON = ["tags": ["a": "1", "b": "2", "theirs": "3"]]
        #expect(changes(.vault, desired, live, applied: ["tags": ["a": "1", "b": "2"]]) == ["- tags.b"])
        #expect(changes(.vault, desired, live) == [])
    }

    @Test func `an element too many in an array that is written whole is a change`() {
        let desired: JSON = ["properties": ["configuration": ["secrets": [["name": "a"]]]]]
        let live: JSON = ["properties": ["configuration": ["secrets": [["name": "b"], ["name": "a"]]]]]
        #expect(changes(.containerApp, desired, live) == ["- properties.configuration.secrets[b]"])
    }

    @Test func `what only a new resource can have forces a replacement`() {
        let desired: JSON = ["properties": ["requiresDuplicateDetection": true, "maxDeliveryCount": 3]]
        let live: JSON = ["properties": ["requiresDuplicateDetection": false, "maxDeliveryCount": 4]]
        #expect(
            changes(.queue, desired, live) == [
                "~ properties.requiresDuplicateDetection", "~ properties.maxDeliveryCount",
                "! properties.requiresDuplicateDetection",
            ]
        )
    }

    @Test func `what Azure never shows is compared with what was sent last`() {
        let desired: JSON = ["properties": ["siteConfig": ["minTlsVersion": "1.2"]]]
        let live: JSON = ["properties": ["siteConfig": [:]]]
        #expect(changes(.site, desired, live, applied: desired) == [])
        let older: JSON = ["properties": ["siteConfig": ["minTlsVersion": "1.1"]]]
        #expect(changes(.site, desired, live, applied: older) == ["~ properties.siteConfig.minTlsVersion"])
        #expect(changes(.site, desired, live) == ["+ properties.siteConfig"])
    }

    @Test func `what is known only after a creation is a change`() {
        let result = LiveComparison.result(
            of: .containerApp,
            desired: .object([.init("x", .expression("registry.properties.loginServer"))]),
            live: Value(["x": "old.example.com"]),
            applied: nil
        )
        #expect(result.changes.count == 1)
    }

    @Test(.enabled(if: Validators.haveSchemas, Validators.noSchemas))
    func `the facts say what the official schemas say of every property that stacks write`() async throws {
        let facts = ResourceType.allCases.map { type in
            let facts = type.facts
            func list(_ paths: Set<String>) -> JSON { .array(paths.sorted().map { .string($0) }) }
            let document: JSON = [
                "fixed": list(facts.fixed), "unreadable": list(facts.unreadable), "respelled": list(facts.respelled),
            ]
            return JSON.Member(type.rawValue, document)
        }
        let resources = try AzureDocumentTests.stacks().flatMap {
            try AzureDocuments($0).json["resources"]?.array ?? []
        }
        let question: JSON = [
            "schemas": .string(Validators.schemas), "facts": .object(facts), "resources": .array(resources),
        ]
        let verdict = try await Validators.python("facts.py", input: question.text)
        #expect(verdict.isAccepted, "\(verdict.words)")
    }

    @Test(arguments: 0..<100)
    func `a resource that was just applied shows nothing, however Azure gives it back`(seed: Int) throws {
        var random = SeededGenerator(seed: seed)
        let template = ARMTemplate(try RandomStack(seed: seed).graph)
        let secrets = ["keyA": "value", "keyB": "value"]
        let resolver = AzureDocuments.resolver(template, secrets)
        for resource in template.resources where !resource.isExisting {
            let body = try resolver.body(of: resource)
            let live = body.noisy(using: &random, facts: resource.type.facts)
            let result = LiveComparison.result(
                of: resource.type,
                desired: Value(body),
                live: Value(live),
                applied: Value(body)
            )
            #expect(result.changes.isEmpty, "\(resource.symbol.name): \(result.changes.first.map { "\($0)" } ?? "")")
        }
    }
}

extension JSON {
    /// The document as Azure might give it back: with more members, in another order, and without what it never shows.
    fileprivate func noisy(using random: inout SeededGenerator, facts: ResourceFacts, path: String = "") -> JSON {
        switch self {
        case .object(let members):
            var noisy = members.filter { !facts.unreadable.contains(path.isEmpty ? $0.name : "\(path).\($0.name)") }
                .map { member in
                    let inner = path.isEmpty ? member.name : "\(path).\(member.name)"
                    let value = member.value.noisy(using: &random, facts: facts, path: inner)
                    return JSON.Member(member.name.hasPrefix("/") ? member.name.uppercased() : member.name, value)
                }
            if Bool.random(using: &random) { noisy.append(JSON.Member("provisioningState", "Succeeded")) }
            return .object(noisy.shuffled(using: &random))
        case .array(let elements):
            let noisy = elements.map { $0.noisy(using: &random, facts: facts, path: "\(path)[]") }
            // Only arrays whose elements have names may come in another order.
            return .array(elements.allSatisfy { $0["name"] != nil } ? noisy.shuffled(using: &random) : noisy)
        case .string(let text) where facts.respelled.contains(path): return .string(text.uppercased())
        case .string(let text) where text.hasPrefix("/subscriptions/"): return .string(text.lowercased())
        case .null, .bool, .number, .string: return self
        }
    }
}
