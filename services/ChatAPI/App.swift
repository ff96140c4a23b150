import Contracts
import ServiceKit

@main struct App {
    static func main() async {
        guard CommandLine.arguments.count == 1 else {
            ServiceMain.refuse("chat-api takes no arguments; its settings come from the environment.")
        }
        await ServiceMain.run(identity, contract: ChatSettings.self) { settings, logger in
            try await services(ChatConfiguration(settings), logger: logger)
        }
    }

    static let identity = ServiceIdentity(name: "chat-api")
}
