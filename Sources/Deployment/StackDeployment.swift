import Azure
import JSONText
import Planning
package import Renderers
package import Settings
package import StackGraph

/// A stack and the place that it goes to: finds out what is there, and what has to happen.
package struct StackDeployment: Sendable {
    package internal(set) var session: AzureSession
    package let lock: DeploymentLock
    package let ledger: DeploymentLedger
    let template: ARMTemplate
    let account: StateAccount
    /// By the names of the template's parameters; what is not given stays as it is in Azure.
    let secrets: [String: SecretValue]
    /// Values that nobody has to know, for secrets that are neither given nor in Azure; what is there stays.
    let spares: [String: SecretValue]
    /// The identifiers of the template's resources.
    package let identifiers: [Symbol: String]
    /// Where the code goes that is brought along; `nil` where apps keep what they run.
    let places: CodePlaces?
    let functionApps: [ResourceID: FunctionAppNode]

    /// Brings a stack and its place together; nothing is asked.
    ///
    /// - Parameters:
    ///   - template: The resources of the stack.
    ///   - secrets: The values of secrets, by the names of the template's parameters.
    ///   - spares: Values for secrets that are neither given nor in Azure, which may be any.
    ///   - code: The programs that its apps are to run; where there are none, they keep what they run.
    ///   - functionApps: The function apps of the stack, whose packages of before may come back.
    ///   - session: The place, and who may go there.
    /// - Throws: ``DeploymentError/unsoundIdentifier(_:)``, ``Planning/Unresolved``.
    package init(
        _ template: ARMTemplate,
        secrets: [String: SecretValue],
        spares: [String: SecretValue] = [:],
        code: StackCode? = nil,
        functionApps: [ResourceID: FunctionAppNode] = [:],
        in session: AzureSession
    ) throws {
        self.session = session
        self.template = template
        self.secrets = secrets
        self.functionApps = functionApps
        self.spares = spares.filter { secrets[$0.key] == nil }
        self.account = try StateAccount(of: template.stack, in: session)
        self.lock = DeploymentLock(account, in: session)
        self.ledger = try DeploymentLedger(of: template.stack, in: session)
        let resolver = ARMResolver(template, in: session.scope, parameters: [:]) { _, _ in nil }
        var identifiers: [Symbol: String] = [:]
        for resource in template.resources { identifiers[resource.symbol] = try resolver.identifier(of: resource) }
        self.identifiers = identifiers
        self.places = code.map { CodePlaces($0, template, identifiers) }
    }

    /// The same, now that the group is there.
    var inMadeGroup: StackDeployment {
        var deployment = self
        deployment.session = session.afterDeployment
        return deployment
    }

    /// The secrets that a survey rests on: those that are given, and the spares that were needed.
    func secrets(of survey: Survey) -> [String: SecretValue] {
        secrets.merging(spares.filter { survey.fingerprints[$0.key] != nil }) { given, _ in given }
    }

    /// Resolves the template against what is there.
    ///
    /// - Parameters:
    ///   - parameters: Values for its parameters: fingerprints of secrets, or the secrets themselves.
    ///   - live: A property of a resource that is there.
    /// - Returns: What resolves.
    func resolver(
        _ parameters: [String: String],
        live: @escaping @Sendable (_ path: [String], _ id: String) -> JSON?
    ) -> ARMResolver {
        let identifiers = identifiers
        return ARMResolver(template, in: session.scope, parameters: parameters) { symbol, path in
            identifiers[symbol].flatMap { live(path, $0) }
        }
    }
}
