import Logging
import Messaging
import ServiceKit
import ServiceLifecycle
import Settings
import Testing

@testable import FunctionHost

struct FunctionAppTests {
    private static let functions: [HostedFunction] = [
        .timer(TimerFunction("Tick", .hourly(minute: 7))) {},
        .queue(QueueFunction<Int>("Work"), reading: { _ throws(RejectedMessage) in 1 }) { _, _ in },
    ]

    private func services(_ settings: [String: String]) throws -> [any Service] {
        try FunctionApp(Self.functions)
            .services(
                settings: SettingsReader(values: settings),
                identity: ServiceIdentity(name: "sample", version: "9"),
                host: "127.0.0.1",
                port: 0,
                authenticator: nil,
                source: InMemoryQueue(),
                deadLetters: nil,
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            )
    }

    @Test func `alone it has loops of its own`() throws {
        #expect(try services([:]).count == 3)
    }

    /// A second consumer beside the host would take messages that nobody answers for.
    @Test(arguments: ["FUNCTIONS_CUSTOMHANDLER_PORT", "FUNCTIONS_HTTPWORKER_PORT"])
    func `below the Azure Functions host it is a web server and no more`(name: String) throws {
        let services = try services([name: "5001"])
        #expect(services.count == 1)
        #expect(services.first is WebServer)
    }

    @Test func `a port that is none is told`() {
        #expect(
            throws: SettingsError.invalid(
                name: "FUNCTIONS_CUSTOMHANDLER_PORT",
                expected: "a port number from 0 to 65535"
            )
        ) {
            try services(["FUNCTIONS_CUSTOMHANDLER_PORT": "http"])
        }
    }
}
