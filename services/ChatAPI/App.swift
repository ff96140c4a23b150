import Hummingbird
import GRDB
@main struct App {
    static func main() async throws {
        let router = Router()
        router.get("/health") { _, _ in "ok" }
        let app = Application(router: router, configuration: .init(address: .hostname("127.0.0.1", port: 8000)))
        _ = try DatabaseQueue()
        try await app.runService()
    }
}
