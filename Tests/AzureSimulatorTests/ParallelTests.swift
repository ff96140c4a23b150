import AsyncHTTPClient
import AzureSimulator
import Foundation
import NIOCore
import NIOHTTP1
import Testing

@Suite struct `Many at a time` {
    @Test func `reads go on side by side, however slow each of them is`() async throws {
        try await SimulatorServer.running({ $0.readLatency = .milliseconds(20) }) { address, simulator in
            let group = "/subscriptions/\(SimulatorConfiguration().subscription)/resourceGroups/stack"
            let token = await simulator.token(for: Cloud.owner)
            for index in 0..<100 {
                let id = "\(group)/providers/Microsoft.ManagedIdentity/userAssignedIdentities/user\(index)"
                await simulator.plant(id, Sound.identity)
            }
            let statuses = try await withThrowingTaskGroup(of: UInt.self) { tasks in
                for index in 0..<200 {
                    tasks.addTask {
                        let path = "Microsoft.ManagedIdentity/userAssignedIdentities/user\(index % 100)"
                        var request = HTTPClientRequest(
                            url: "\(address)\(group)/providers/\(path)?api-version=2024-11-30"
                        )
                        request.headers.add(name: "Authorization", value: "Bearer \(token)")
                        return try await HTTPClient.shared.execute(request, timeout: .minutes(5)).status.code
                    }
                }
                return try await tasks.reduce(into: [:]) { $0[$1, default: 0] += 1 }
            }
            #expect(statuses == [200: 200])
        }
    }
}
