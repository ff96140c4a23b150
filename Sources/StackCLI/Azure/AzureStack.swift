import Crypto
import Deployment
import Planning
import Renderers
import Settings
import StackGraph
import WebFormats

/// The stack of a stage as it goes to Azure, with the secrets that the environment holds.
struct AzureStack: Sendable {
    let graph: Graph
    let stage: String
    let template: ARMTemplate
    /// By the names of the template's parameters.
    private(set) var secrets: [String: SecretValue]
    private let environment: UserEnvironment
    /// What its apps are to run; `nil` where they keep what they run.
    private var code: StackCode?

    init(_ graph: Graph, stage: String, environment: UserEnvironment) {
        self.graph = graph
        self.stage = stage
        self.template = ARMTemplate(graph)
        self.environment = environment
        self.secrets = Self.variables(of: template).reduce(into: [:]) { secrets, variable in
            secrets[variable.key] = environment.value(for: variable.value).map { SecretValue($0) }
        }
    }

    /// The stack with secrets that are made up, for a rehearsal.
    init(rehearsing graph: Graph, stage: String, environment: UserEnvironment) {
        self.init(graph, stage: stage, environment: environment)
        for parameter in Self.variables(of: template).keys {
            secrets[parameter] = SecretValue("made up for \(parameter)")
        }
    }

    /// The same stack, whose apps are to run this code.
    func running(_ code: StackCode) -> AzureStack {
        var stack = self
        stack.code = code
        return stack
    }

    /// The stack and a place brought together.
    ///
    /// - Parameters:
    ///   - session: Where.
    ///   - spares: Values for secrets that nobody has to know, for where there is none.
    /// - Returns: What surveys and deploys.
    /// - Throws: As ``Deployment/StackDeployment/init(_:secrets:spares:in:)``.
    func deployment(in session: AzureSession, spares: [String: SecretValue] = [:]) throws -> StackDeployment {
        try StackDeployment(
            template,
            secrets: secrets,
            spares: spares,
            code: code,
            functionApps: Self.functionApps(of: graph),
            in: session
        )
    }

    private static func functionApps(of graph: Graph) -> [ResourceID: FunctionAppNode] {
        graph.nodes.reduce(into: [:]) { apps, node in
            if case .functionApp(let app) = node.kind { apps[node.id] = app }
        }
    }

    /// Random values for the secrets that nobody has to know and the environment does not hold.
    func makingUp() -> [String: SecretValue] {
        let generated = Set(graph.generatedSecretNames)
        return Self.variables(of: template).reduce(into: [:]) { spares, variable in
            guard generated.contains(variable.value), secrets[variable.key] == nil else { return }
            let bytes = SymmetricKey(size: .bits256).withUnsafeBytes { Array($0) }
            spares[variable.key] = SecretValue(bytes.hexadecimal)
        }
    }

    /// The environment variables of secrets, by the names of parameters.
    private static func variables(of template: ARMTemplate) -> [String: String] {
        template.parameters.reduce(into: [:]) { variables, parameter in
            if case .secret(let environment) = parameter.kind { variables[parameter.name] = environment }
        }
    }
}
