import Azure
import AzureSimulator
import Deployment
import JSONText
import Planning
import Rehearsal
import Renderers
import Settings
import StackGraph
import StackModel
import TestInstruments

@testable import infra

/// Somebody who deploys stacks, as the command line does, but for the words.
struct Deployer {
    static let secretValues = ["openaiApiKey": SecretValue("sk-canary"), "jwtSigningKey": SecretValue("jwt-canary")]

    let place: SimulatedPlace
    let template: ARMTemplate
    var secrets: [String: SecretValue]
    var code: StackCode?
    let functionApps: [ResourceID: FunctionAppNode]
    let events = Shared<[DeploymentEvent]>([])

    init(_ graph: Graph, at place: SimulatedPlace, code: StackCode? = nil) {
        self.code = code
        self.functionApps = graph.nodes.reduce(into: [:]) { apps, node in
            if case .functionApp(let app) = node.kind { apps[node.id] = app }
        }
        self.place = place
        self.template = ARMTemplate(graph)
        self.secrets = template.parameters.reduce(into: [:]) { secrets, parameter in
            guard case .secret = parameter.kind else { return }
            secrets[parameter.name] = SecretValue("canary \(parameter.name)")
        }
    }

    static let terms = StackDeployment.Terms(author: "ada", programVersion: "1.0.0", startedAt: "2026-01-01T00:00:00Z")

    /// Makes it so, once.
    @discardableResult
    func up(
        _ goal: StackDeployment.Goal = .program(only: nil),
        report: @escaping @Sendable (DeploymentEvent) -> Void = { _ in }
    ) async throws -> DeploymentSummary {
        try await withDeployment { deployment in
            let survey = try await deployment.survey(for: goal)
            guard !survey.isSettled else { return DeploymentSummary() }
            let events = events
            let done = try await deployment.deploy(goal, shown: survey, Self.terms) { event in
                events.withLock { $0.append(event) }
                report(event)
            } approve: { _ in
                true
            }
            return done?.summary ?? DeploymentSummary()
        }
    }

    /// Removes all that was made, the traces of deployments included.
    func down() async throws {
        try await up(.absence)
        _ = try await withDeployment { try await $0.removeTraces(Self.terms) }
    }

    func survey(_ goal: StackDeployment.Goal = .program(only: nil)) async throws -> Survey {
        try await withDeployment { try await $0.survey(for: goal) }
    }

    func withDeployment<Result: Sendable>(_ body: (StackDeployment) async throws -> Result) async throws -> Result {
        try await place.withSession { session in
            try await body(
                StackDeployment(template, secrets: secrets, code: code, functionApps: functionApps, in: session)
            )
        }
    }

    /// How often anything was written so far.
    var writeCount: Int {
        get async { await place.simulation.journal.writeCount }
    }
}

extension Lightening {
    /// The stack of a stage, under another name where one is given.
    static func graph(_ stage: Stage, named name: String? = nil) throws -> Graph {
        let graph = try Lightening(stage: stage).stack.lowered()
        return Graph(
            name: name ?? graph.name,
            version: graph.version,
            redundancy: graph.redundancy,
            nodes: graph.nodes
        )
    }
}
