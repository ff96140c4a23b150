import Contracts
import ServiceKit

@main struct App {
    static func main() async {
        switch CommandLine.arguments.dropFirst() {
        case [], [HealthCheck.argument]:
            await ServiceMain.run(identity, contract: ChatSettings.self) { settings, logger in
                try await services(ChatConfiguration(settings), logger: logger)
            }
        case GenerationSettings.arguments[...]:
            await ServiceMain.run(WorkerRole.identity, contract: GenerationSettings.self) { settings, logger in
                try await WorkerRole.services(settings, logger: logger)
            }
        default:
            ServiceMain.refuse(
                "chat-api takes no arguments but \(GenerationSettings.arguments.joined(separator: " ")); "
                    + "its settings come from the environment."
            )
        }
    }

    static let identity = ServiceIdentity(name: "chat-api")
}
