import AsyncHTTPClient
import NIOCore
import NIOHTTP1

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A service program that asks, instead of serving, whether the service that runs here is healthy.
///
/// An image of nothing but one program has no other way to tell its container engine.
/// Source: docs.docker.com/reference/dockerfile under `HEALTHCHECK`
public enum HealthCheck {
    /// What makes a service program ask.
    public static let argument = "--check-health"

    static var isWanted: Bool { CommandLine.arguments.dropFirst().first == argument }

    /// Asks the service at the port in `PORT`, and ends the process with 0 where it is healthy.
    static func run() async -> Never {
        guard let port = ProcessInfo.processInfo.environment["PORT"].flatMap({ UInt16($0) }) else {
            ServiceMain.refuse("\(argument) asks the service at the port in PORT, and PORT holds none.")
        }
        await run(port: Int(port))
    }

    /// Ends the process with 0 where `GET /health` at this port of loopback answers 200 within 3 s, and with 1 where
    /// it does not.
    public static func run(port: Int) async -> Never {
        PlatformProcess.exit(await isHealthy(port: port) ? 0 : 1)
    }

    private static func isHealthy(port: Int) async -> Bool {
        var configuration = HTTPClient.Configuration()
        // During a start nobody listens for a while, and "not yet" should be said at once.
        configuration.connectionPool.retryConnectionEstablishment = false
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        let request = HTTPClientRequest(url: "http://127.0.0.1:\(port)/health")
        let response = try? await client.execute(request, timeout: .seconds(3))
        try? await client.shutdown()
        return response?.status == .ok
    }
}
