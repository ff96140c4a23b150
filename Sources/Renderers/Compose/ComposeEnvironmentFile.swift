import StackGraph

/// The variables of a project and what they are for: `.env.example`.
///
/// Source of the form: docs.docker.com/compose/how-tos/environment-variables/variable-interpolation
struct ComposeEnvironmentFile {
    static let path = ".env.example"
    /// The variables that every project may have.
    static let ownVariables = ["IMAGE_PREFIX", "BIND_ADDRESS", "REDIS_IMAGE"]
    static let redisImage = "redis:7.4-alpine"

    let text: String

    init(_ project: ComposeProject) {
        var settings: [String: [(reader: String, setting: ComposeSetting)]] = [:]
        for app in project.apps {
            for setting in project.settings[app.id] ?? [] {
                guard case .variable = setting.value else { continue }
                settings[setting.name, default: []].append((app.id.name, setting))
            }
        }
        let variables = settings.sorted { $0.key < $1.key }.map { name, uses in
            Variable(
                name: name,
                isRequired: uses.contains { $0.setting.value == .variable(isRequired: true) },
                readers: uses.map(\.reader),
                consequence: uses.lazy.compactMap { $0.setting.declaration?.fallback?.consequence }.first
            )
        }
        var text =
            "# Copied to .env by \(ComposePreparationScript.path). Secrets are no variables: each is a file below "
        text += "\(ComposePreparationScript.folder)/.\n"
        for variable in variables where variable.isRequired { text += variable.lines }
        if !project.apps.isEmpty || project.broker != nil {
            text += Self.entry(
                "IMAGE_PREFIX",
                "Where images come from: registry.example.com/shop/. Empty for the engine's own."
            )
        }
        if !project.ports.isEmpty {
            text += Self.entry("BIND_ADDRESS", "Who can connect: 0.0.0.0 lets other machines in.", value: "127.0.0.1")
        }
        for app in project.apps {
            guard let port = project.ports[app.id] else { continue }
            text += Self.entry(port.variable, "The port of \(app.id).", value: String(port.number))
        }
        if !project.caches.isEmpty {
            text += Self.entry(
                "REDIS_IMAGE",
                "The image of \(ComposeComment.list(project.caches.map(\.name))).",
                value: Self.redisImage
            )
        }
        for variable in variables where !variable.isRequired { text += variable.lines }
        self.text = text
    }

    /// A setting of services that nothing in the project can give.
    private struct Variable {
        let name: String
        let isRequired: Bool
        let readers: [String]
        let consequence: String?

        var lines: String {
            let purpose = ComposeComment.purpose(isRequired: isRequired, readers: readers, consequence: consequence)
            return ComposeEnvironmentFile.entry(name, purpose)
        }
    }

    private static func entry(_ name: String, _ purpose: String, value: String = "") -> String {
        "\n# \(purpose)\n\(name)=\(value)\n"
    }
}
