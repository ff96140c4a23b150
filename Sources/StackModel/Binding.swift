public import Settings
package import StackGraph

/// A setting together with the value the stack gives it.
///
/// `set` and `inject` are two names, not two overloads, so that a mistake reads *cannot convert 'Secret' to 'Output'*.
public struct Binding: Sendable {
    package let variable: Variable

    /// Gives a plain setting its value.
    public static func set<Value>(_ setting: Setting<Value>, to output: Output<Value>) -> Binding {
        Binding(variable: Variable(name: setting.name, value: .plain(output.term)))
    }

    /// Gives a secret setting the place where its value lives.
    public static func inject<Value>(_ setting: SecretSetting<Value>, from secret: Secret<Value>) -> Binding {
        Binding(variable: Variable(name: setting.name, value: .secret(secret.reference)))
    }
}

extension ServiceNode {
    /// The program behind a contract, with the settings a stack gives it.
    init(running contract: any ServiceContract.Type, _ bindings: [Binding]) {
        self.init(
            executable: contract.executable,
            arguments: contract.arguments,
            contract: contract.settings.map(ContractSetting.init),
            environment: bindings.map(\.variable),
            examples: contract.examples.map { Example(path: $0.path, body: $0.body, streams: $0.streams) }
        )
    }
}

extension ServiceNode.ContractSetting {
    init(_ declaration: SettingDeclaration) {
        self.init(
            name: declaration.name,
            isRequired: declaration.isRequired,
            isSecret: declaration.isSecret,
            fallback: declaration.fallback.map {
                ServiceNode.Fallback(consequence: $0.consequence, alternatives: $0.alternatives)
            }
        )
    }
}
