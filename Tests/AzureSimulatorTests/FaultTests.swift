import AzureSimulator
import Foundation
import HTTPTypes
import JSONText
import Testing

/// What goes wrong by chance, and what the journal tells of it.
@Suite struct `Faults` {
    private static let path = "Microsoft.ManagedIdentity/userAssignedIdentities/chat"

    private func cloud(_ change: (inout FaultRates) -> Void) -> Cloud {
        var rates = FaultRates()
        change(&rates)
        var cloud = Cloud { $0.faults = rates }
        cloud.azure.plant(cloud.group, at: cloud.now)
        return cloud
    }

    @Test func `a storm turns away as many as it should and says how long to wait`() {
        var cloud = cloud { rates in
            rates.throttling = 0.1
            rates.stormLength = 4
        }
        var lengths: [Int] = []
        for _ in 0..<400 {
            let answer = cloud.send(.get, "\(cloud.group)?api-version=2025-04-01")
            guard answer.status == .tooManyRequests else {
                lengths.append(0)
                continue
            }
            #expect(answer.header("Retry-After") == "5")
            lengths.append((lengths.last ?? 0) + 1)
        }
        #expect(lengths.contains(4))
        #expect(lengths.filter { $0 > 0 }.count.isMultiple(of: 4) || lengths.last != 0)
    }

    @Test func `a connection that closes before has no effect, and one that closes after has all`() {
        var before = cloud { $0.dropsBefore = 1 }
        #expect(before.send(.put, before.address(Self.path, "2024-11-30"), Sound.identity).delivery == .dropped)
        #expect(before.azure.journal.writeCount == 0)
        var after = cloud { $0.dropsAfter = 1 }
        #expect(after.send(.put, after.address(Self.path, "2024-11-30"), Sound.identity).delivery == .dropped)
        #expect(after.azure.journal.writes(of: "\(after.group)/providers/\(Self.path)") == 1)
        #expect(after.azure.journal.entries.last?.status == 201)
    }

    @Test func `a request that hangs has no effect`() {
        var cloud = cloud { $0.hangs = 1 }
        #expect(cloud.send(.put, cloud.address(Self.path, "2024-11-30"), Sound.identity).delivery == .withheld)
        #expect(cloud.azure.journal.writeCount == 0)
    }

    @Test func `errors of servers come in all three kinds`() {
        var cloud = cloud { $0.serverErrors = 1 }
        let codes = (0..<50).map { _ in cloud.send(.get, "\(cloud.group)?api-version=2025-04-01").status.code }
        #expect(Set(codes) == [500, 502, 503])
    }

    @Test func `a new resource is not found for a moment`() {
        var cloud = cloud { $0.staleReads = 1 }
        let address = cloud.address(Self.path, "2024-11-30")
        #expect(cloud.send(.put, address, Sound.identity).status == .created)
        #expect(cloud.send(.get, address).code == "ResourceNotFound")
        cloud.advance(3)
        #expect(cloud.send(.get, address).status == .ok)
    }

    @Test func `a slow operation takes longer, and a failing one fails`() {
        var slow = cloud { $0.slowOperations = 1 }
        let registry = slow.address("Microsoft.ContainerRegistry/registries/images1", "2025-11-01")
        _ = slow.send(.put, registry, Sound.registry)
        slow.advance(199)
        #expect(slow.send(.get, registry).state == "Creating")
        slow.advance(1)
        #expect(slow.send(.get, registry).state == "Succeeded")
        var failing = cloud { $0.failedOperations = 1 }
        _ = failing.send(.put, registry, Sound.registry)
        failing.advance(20)
        #expect(failing.send(.get, registry).state == "Failed")
    }

    @Test func `the same seed gives the same faults, and another one others`() {
        func statuses(seed: UInt64) -> [Int] {
            var cloud = Cloud { configuration in
                configuration.seed = seed
                configuration.faults.serverErrors = 0.3
                configuration.faults.throttling = 0.1
            }
            return (0..<100).map { _ in cloud.send(.get, "/subscriptions?api-version=2022-12-01").status.code }
        }
        #expect(statuses(seed: 7) == statuses(seed: 7))
        #expect(statuses(seed: 7) != statuses(seed: 8))
    }

    @Test func `the journal keeps fingerprints and no bodies, and stays small`() {
        var cloud = Cloud { $0.journalLimit = 10 }
        cloud.makeGroup()
        let address = cloud.address(Self.path, "2024-11-30")
        for _ in 0..<30 { _ = cloud.send(.put, address, Sound.identity) }
        #expect(cloud.azure.journal.entries.count <= 10)
        #expect(cloud.azure.journal.requestCount == 31)
        #expect(cloud.azure.journal.writes(of: "\(cloud.group)/providers/\(Self.path)") == 30)
        #expect(Set(cloud.azure.journal.entries.map(\.fingerprint)).count == 1)
        #expect(cloud.azure.journal.entries.last?.number == 31)
    }
}
