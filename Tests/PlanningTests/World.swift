import Engine
import JSONText
import Renderers
import StackGraph
import Testing

@testable import Planning

/// Azure as a dictionary: what it shows of each resource, and what was applied last.
struct World {
    var live: [String: JSON] = [:]
    var applied: [String: Plan.Applied] = [:]
    private var created = 0
    /// The value that somebody gives for every secret.
    var secret: String? = "canary"
    var location = AzureDocuments.scope.location

    func desired(_ graph: Graph) throws -> [DesiredResource] {
        try resolver(ARMTemplate(graph), Self.identifiers(ARMTemplate(graph), in: scope)).desired()
    }

    private var scope: DeploymentScope {
        DeploymentScope(
            tenant: AzureDocuments.scope.tenant,
            subscription: AzureDocuments.scope.subscription,
            resourceGroup: AzureDocuments.scope.resourceGroup,
            location: location
        )
    }

    private static func identifiers(_ template: ARMTemplate, in scope: DeploymentScope) throws -> [Symbol: String] {
        let names = ARMResolver(template, in: scope, parameters: [:]) { _, _ in nil }
        return try Dictionary(
            uniqueKeysWithValues: template.resources.map { ($0.symbol, try names.identifier(of: $0)) }
        )
    }

    private func resolver(_ template: ARMTemplate, _ identifiers: [Symbol: String]) -> ARMResolver {
        let fingerprint = SecretFingerprint(key: 1...32)
        var parameters: [String: String] = [:]
        for parameter in template.parameters {
            guard case .secret = parameter.kind, let secret else { continue }
            parameters[parameter.name] = fingerprint.fingerprint(of: secret, for: parameter.name)
        }
        return ARMResolver(template, in: scope, parameters: parameters) { symbol, path in
            // A resource tells of itself once it is there, and something else once it has been made anew.
            guard let id = identifiers[symbol], let shown = live[id] else { return nil }
            let generation = shown["generation"]?.integer ?? 0
            return .string("<\(id)|\(path.joined(separator: "."))|\(generation)>")
        }
    }

    func plan(_ graph: Graph) throws -> Plan { plan(try desired(graph)) }

    func plan(_ desired: [DesiredResource]) -> Plan {
        Plan(desired: desired, live: live.mapValues { Value($0) }, applied: applied)
    }

    func record(_ graph: Graph, _ version: Int, _ state: DeploymentRecord.State) throws -> DeploymentRecord {
        DeploymentRecord(
            version: version,
            state: state,
            stack: graph.name,
            program: graph.version,
            author: "somebody",
            moment: "now",
            group: AzureDocuments.scope.identifier,
            unfinished: [],
            resources: try desired(graph)
        )
    }

    /// Does what a plan says, operation by operation, as the engine would, until somebody pulls the plug.
    mutating func apply(_ graph: Graph, limit: Int = .max) throws {
        let template = ARMTemplate(graph)
        let identifiers = try Self.identifiers(template, in: scope)
        let symbols = Dictionary(identifiers.map { ($0.value, $0.key) }) { first, _ in first }
        let resources = Dictionary(uniqueKeysWithValues: template.resources.map { ($0.symbol, $0) })
        for operation in try plan(graph).order.prefix(limit) {
            switch operation.phase {
            case .delete: delete(operation.resource)
            case .verify: break
            case .write:
                let symbol = try #require(symbols[operation.resource])
                // What the earlier operations made is known now.
                write(try resolver(template, identifiers).desired(of: #require(resources[symbol])))
            }
        }
    }

    /// What Azure refuses: to delete what others cannot do without.
    mutating func delete(_ id: String) {
        for (user, resource) in applied where live[user] != nil {
            let kept = resource.type.facts.keeps.compactMap { resource.body.text(at: $0) }
            #expect(!kept.contains(id), "\(user) keeps \(id)")
        }
        func isIn(_ other: String) -> Bool { (other.lowercased() + "/").hasPrefix(id.lowercased() + "/") }
        live = live.filter { !isIn($0.key) }
        applied = applied.filter { !isIn($0.key) }
    }

    mutating func write(_ resource: DesiredResource) {
        for need in resource.needs { #expect(live[need] != nil, "\(resource.id) is written before \(need)") }
        #expect(!resource.body.hasUnknowns, "\(resource.id) is written before all is known")
        let resource = resource.keepingSecrets(of: applied[resource.id])
        created += 1
        let generation = live[resource.id]?["generation"] ?? JSON(created)
        let members = resource.body.shown.members ?? []
        live[resource.id] = .object(members + [JSON.Member("generation", generation)])
        applied[resource.id] = Plan.Applied(resource)
    }
}

extension Plan {
    /// The steps, each as a short line.
    var words: [String] {
        steps.map { step in
            let name = step.id.split(separator: "/").suffix(2).joined(separator: "/")
            return switch step.action {
            case .create: "+ \(name)"
            case .update(let changes): "~ \(name): \(changes.map { "\($0.path)" }.joined(separator: ", "))"
            case .replace(_, let paths): "± \(name): \(paths.map { "\($0)" }.joined(separator: ", "))"
            case .delete: "- \(name)"
            }
        }
    }

    /// The operations in an order in which the schedule would start them.
    var order: [Operation.ID] {
        var schedule = Schedule(operations.map { .init($0.id, after: $0.after, lane: $0.lane) })
        var decisions = schedule.start()
        var order: [Operation.ID] = []
        while !decisions.isEmpty {
            let started = decisions.compactMap { if case .start(let id) = $0 { id } else { nil } }
            order += started
            decisions = started.flatMap { schedule.finished($0, succeeded: true) }
        }
        return order
    }

    func step(_ suffix: String) -> Step? { steps.first { $0.id.hasSuffix(suffix) } }
}

extension Value {
    var hasUnknowns: Bool {
        switch self {
        case .expression: true
        case .list(let elements): elements.contains(where: \.hasUnknowns)
        case .object(let members): members.contains(where: \.value.hasUnknowns)
        case .string, .literal, .secret: false
        }
    }

    /// The value as Azure would show it; what it never shows is left out.
    var shown: JSON {
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
    func replacing(_ path: [String], with value: JSON) -> JSON {
        guard let name = path.first, case .object(let members) = self else { return value }
        return .object(
            members.map {
                $0.name == name ? Member(name, $0.value.replacing(Array(path.dropFirst()), with: value)) : $0
            }
        )
    }
}
