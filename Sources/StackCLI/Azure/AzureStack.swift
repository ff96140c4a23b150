import Crypto
import Deployment
import Planning
import Renderers
import Settings
import StackGraph

/// The stack of a stage as it goes to Azure, with the secrets that the environment holds.
struct AzureStack: Sendable {
    let graph: Graph
    let stage: String
    let template: ARMTemplate
    /// By the names of the template's parameters.
    private(set) var secrets: [String: SecretValue]
    private let environment: UserEnvironment

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

    func deployment(in session: AzureSession) throws -> StackDeployment {
        try StackDeployment(template, secrets: secrets, in: session)
    }

    /// The stack with secrets that nobody has to know: those that are missing and may be any random text.
    ///
    /// - Parameter missing: Names of environment variables.
    /// - Returns: The stack, and the names that are still missing.
    func makingUp(_ missing: [String]) -> (stack: AzureStack, missing: [String]) {
        let generated = Set(graph.generatedSecretNames)
        var stack = self
        for (parameter, variable) in Self.variables(of: template)
        where missing.contains(variable) && generated.contains(variable) {
            let bytes = SymmetricKey(size: .bits256).withUnsafeBytes { Array($0) }
            stack.secrets[parameter] = SecretValue(bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined())
        }
        return (stack, missing.filter { !generated.contains($0) })
    }

    /// The environment variables of secrets, by the names of parameters.
    private static func variables(of template: ARMTemplate) -> [String: String] {
        template.parameters.reduce(into: [:]) { variables, parameter in
            if case .secret(let environment) = parameter.kind { variables[parameter.name] = environment }
        }
    }
}
