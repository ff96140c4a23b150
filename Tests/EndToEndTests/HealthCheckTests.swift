import Foundation
import Testing

/// The programs as the engine of a container calls them.
struct HealthCheckTests {
    private static let programs = ["EventFunctions", "ChatAPI", "infra"]

    @Test func `each program tells by its exit code that the service of a port is healthy`() async throws {
        try await LocalSystem.running { system in
            for (program, port) in zip(Self.programs, [7071, 8000, 5300]) {
                let code = try await system.checkHealth(program, port: port + system.portOffset)
                #expect(code == 0)
            }
        }
    }

    @Test(arguments: programs)
    func `a port where nobody is, or somebody else, is not healthy`(program: String) async throws {
        let system = try LocalSystem()
        try await Receiver.listening { _, url in
            let receiver = try #require(URL(string: url)?.port)
            for port in [1, receiver] {
                let code = try await system.checkHealth(program, port: port)
                #expect(code == 1)
            }
        }
    }

    @Test(arguments: programs.dropLast())
    func `a check needs to know the port`(program: String) async throws {
        let refused = try await LocalSystem().run(program, ["--check-health"])
        #expect(refused.code == 64)
        #expect(refused.errors.contains("PORT"))
    }
}

extension LocalSystem {
    fileprivate func checkHealth(_ program: String, port: Int) async throws -> Int32 {
        let isBroker = program == "infra"
        return try await run(
            program,
            isBroker ? ["emulator", "--check-health", "--port", String(port)] : ["--check-health"],
            with: isBroker ? [:] : ["PORT": String(port)]
        ).code
    }
}
