import Engine
import JSONText
import Renderers
import SampleStacks
import StackGraph
import StackModel
import Testing

@testable import Planning

struct PlanTests {
    /// Azure as a dictionary: what it shows of each resource.
    private struct World {
        var live: [String: JSON] = [:]
        var applied: [String: Plan.Applied] = [:]

        func desired(_ graph: Graph) throws -> [DesiredResource] {
            let template = ARMTemplate(graph)
            let secrets = template.parameters.compactMap { parameter in
                if case .secret = parameter.kind { parameter.name } else { nil }
            }
            let names = ARMResolver(template, in: AzureDocuments.scope, parameters: [:]) { _, _ in nil }
            let identifiers = try Dictionary(
                uniqueKeysWithValues: template.resources.map { ($0.symbol, try names.identifier(of: $0)) }
            )
            let resolver = ARMResolver(
                template,
                in: AzureDocuments.scope,
                parameters: Dictionary(uniqueKeysWithValues: secrets.map { ($0, "canary") })
            ) { symbol, path in
                // A resource tells of itself once it is there.
                guard let id = identifiers[symbol], live[id] != nil else { return nil }
                return .string("<\(id)|\(path.joined(separator: "."))>")
            }
            return try resolver.desired()
        }

        func plan(_ graph: Graph) throws -> Plan {
            Plan(desired: try desired(graph), live: live.mapValues { Value($0) }, applied: applied)
        }

        /// Does what a plan says, step by step, as the engine would.
        mutating func apply(_ graph: Graph) throws {
            for round in try plan(graph).rounds {
                for step in round {
                    if case .delete = step.action {
                        live = live.filter { $0.key.lowercased() != step.id.lowercased() }
                        applied = applied.filter { $0.key.lowercased() != step.id.lowercased() }
                        continue
                    }
                    // What the earlier rounds made is known now.
                    let resource = try #require(try desired(graph).first { $0.id == step.id })
                    live[resource.id] = resource.body.shown
                    applied[resource.id] = .init(type: resource.type, body: resource.body, needs: resource.needs)
                }
            }
        }
    }

    private func actions(_ plan: Plan) -> [String] {
        plan.steps.map { step in
            let name = step.id.split(separator: "/").suffix(2).joined(separator: "/")
            return switch step.action {
            case .create: "+ \(name)"
            case .update(let changes): "~ \(name): \(changes.map { "\($0.path)" }.joined(separator: ", "))"
            case .replace(_, let paths): "± \(name): \(paths.map { "\($0)" }.joined(separator: ", "))"
            case .delete: "- \(name)"
            }
        }
    }

    @Test func `the first plan creates all, and the second does nothing`() throws {
        let graph = try SampleStacks.complete()
        var world = World()
        let first = try world.plan(graph)
        #expect(first.steps.count == ARMTemplate(graph).resources.count { !$0.isExisting })
        #expect(first.unchanged == 0)
        try world.apply(graph)
        let second = try world.plan(graph)
        #expect(actions(second) == [] && second.unchanged == first.steps.count)
    }

    @Test func `what somebody changed, deleted or added is exactly what is repaired`() throws {
        let graph = try SampleStacks.small()
        var world = World()
        try world.apply(graph)
        let queue = try #require(world.live.keys.first { $0.hasSuffix("/queues/jobs") })
        let vault = try #require(world.live.keys.first { $0.contains("/vaults/") && !$0.contains("/secrets/") })
        world.live[queue] = world.live[queue]?.replacing(["properties", "maxDeliveryCount"], with: 3)
        world.live[vault] = nil
        world.live["/subscriptions/s/theirs"] = ["properties": [:]]
        let plan = actions(try world.plan(graph))
        #expect(plan.contains("~ queues/jobs: properties.maxDeliveryCount"))
        #expect(plan.contains { $0.hasPrefix("+ vaults/vault-") })
        #expect(!plan.contains { $0.contains("theirs") })
    }

    @Test func `a resource that the stack no longer has goes after all that needed it`() throws {
        var world = World()
        try world.apply(try SampleStacks.small())
        let registry = ContainerRegistry("registry")
        let plan = try world.plan(try Stack("shop", [registry]).lowered())
        let deletions = plan.steps.filter { $0.action == .delete }
        #expect(!plan.steps.contains { $0.type == .registry })
        let places = Dictionary(uniqueKeysWithValues: plan.order.enumerated().map { ($1, $0) })
        let namespace = try #require(deletions.first { $0.type == .namespace })
        let queue = try #require(deletions.first { $0.type == .queue })
        #expect(try #require(places[queue.id]) < #require(places[namespace.id]))
    }

    @Test func `what cannot be changed is replaced, and says why`() throws {
        func graph(_ deduplication: Duration?) throws -> Graph {
            try Stack("s", [Queue("q", of: String.self, deduplication: deduplication)]).lowered()
        }
        var world = World()
        try world.apply(try graph(nil))
        #expect(try actions(world.plan(graph(.minutes(5)))) == ["± queues/q: properties.requiresDuplicateDetection"])
    }

    @Test func `a secret is in no text of a plan`() throws {
        let plan = try World().plan(try SampleStacks.complete())
        #expect(!"\(plan)".contains("canary"))
        var dumped = ""
        dump(plan, to: &dumped)
        #expect(!dumped.contains("canary"))
    }

    @Test(arguments: 0..<30)
    func `every plan can be carried out, and a second one is empty`(seed: Int) throws {
        let graph = try RandomStack(seed: seed).graph
        var world = World()
        #expect(try world.plan(graph).order.count == world.plan(graph).steps.count)
        try world.apply(graph)
        #expect(try actions(world.plan(graph)) == [])
    }
}

extension Plan {
    /// The steps by the round in which the schedule would start them.
    fileprivate var rounds: [[Step]] {
        let byID = Dictionary(uniqueKeysWithValues: steps.map { ($0.id, $0) })
        var schedule = Schedule(steps.map { .init($0.id, after: $0.after) })
        var decisions = schedule.start()
        var rounds: [[Step]] = []
        while !decisions.isEmpty {
            let started = decisions.compactMap { if case .start(let id) = $0 { id } else { nil } }
            rounds.append(started.compactMap { byID[$0] })
            decisions = started.flatMap { schedule.finished($0, succeeded: true) }
        }
        return rounds
    }

    fileprivate var order: [String] { rounds.flatMap { $0.map(\.id) } }
}

extension Value {
    /// The value as Azure would show it; what it never shows is left out.
    fileprivate var shown: JSON {
        switch self {
        case .string(let text), .expression(let text): .string(text)
        case .literal("true"): true
        case .literal("false"): false
        case .literal(let digits): .number(digits)
        case .list(let elements): .array(elements.map(\.shown))
        case .object(let members): .object(members.map { JSON.Member($0.name, $0.value.shown) })
        case .secret: .null
        }
    }
}

extension JSON {
    fileprivate func replacing(_ path: [String], with value: JSON) -> JSON {
        guard let name = path.first, case .object(let members) = self else { return value }
        return .object(
            members.map {
                $0.name == name ? Member(name, $0.value.replacing(Array(path.dropFirst()), with: value)) : $0
            }
        )
    }
}
