import Contracts
import Logging
import Messaging
import ServiceKit
import ServiceLifecycle

@main struct App {
    static func main() async {
        switch CommandLine.arguments.dropFirst() {
        case [], [HealthCheck.argument]:
            await ServiceMain.run(identity, contract: ChatSettings.self) { settings, logger in
                try await services(settings, logger: logger)
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

    private static func services(_ settings: SettingsReader, logger: Logger) async throws -> [any Service] {
        let configuration = try ChatConfiguration(settings)
        let busClient = ClientService(configuration: .messaging)
        return try await ClientService.closing(busClient) {
            let commission = try GenerationWork.commission(settings, bus: busClient, logger: logger)
            let services = try await services(configuration, commission: commission?.queue, logger: logger)
            return (commission?.services ?? []) + [busClient] + services
        }
    }
}
