import Contracts
import ServiceKit

/// The event functions, standing alone or in the Azure Functions host.
@main
struct App {
    static func main() async {
        await ServiceMain.run(identity, contract: EventSettings.self, build: build)
    }

    static let identity = ServiceIdentity(name: "event-functions")
}
