import Azure
import Deployment
import Rehearsal
import TestInstruments
import Testing

struct LockTests {
    private static let ada = DeploymentLock.Holder(name: "ada", since: "2026-01-01T00:00:00Z")
    private static let bob = DeploymentLock.Holder(name: "bob", since: "2026-01-01T00:01:00Z")

    private func withLock(_ body: (DeploymentLock, SimulatedPlace) async throws -> Void) async throws {
        try await SimulatedPlace.withEvents { place in
            try await place.withSession { session in
                let account = try StateAccount(of: "sample", in: session)
                try await account.make()
                try await body(DeploymentLock(account, in: session), place)
            }
        }
    }

    @Test func `what holds the lock is told, and the lock is free again afterwards`() async throws {
        try await withLock { lock, _ in
            #expect(try await lock.status() == .free)
            let status = try await lock.hold(as: Self.ada, timeout: .zero) { _ in
            } _: { confirm in
                try await confirm()
                return try await lock.status()
            }
            #expect(status == .held(Self.ada))
            #expect(try await lock.status() == .free)
        }
    }

    @Test func `it is free after a failure, too`() async throws {
        struct Sudden: Error {}
        try await withLock { lock, _ in
            await #expect(throws: Sudden.self) {
                try await lock.hold(as: Self.ada, timeout: .zero) { _ in
                } _: { _ in
                    throw Sudden()
                }
            }
            let status = try await lock.status()
            #expect(status == .free)
        }
    }

    @Test func `who comes second waits, and goes on when the first has ended`() async throws {
        try await withLock { lock, _ in
            let order = Shared<[String]>([])
            let (waits, wait) = AsyncStream.makeStream(of: DeploymentLock.Holder?.self)
            let (starts, start) = AsyncStream.makeStream(of: Void.self)
            async let second: Void = {
                _ = await starts.first { true }
                try await lock.hold(as: Self.bob, timeout: .seconds(600)) {
                    wait.yield($0)
                } _: { _ in
                    order.withLock { $0.append("bob") }
                }
            }()
            try await lock.hold(as: Self.ada, timeout: .zero) { _ in
            } _: { _ in
                start.yield()
                let holder = await waits.first { _ in true }
                #expect(holder == Self.ada)
                order.withLock { $0.append("ada") }
            }
            try await second
            #expect(order.withLock { $0 } == ["ada", "bob"])
        }
    }

    @Test func `who does not want to wait is told who holds it`() async throws {
        try await withLock { lock, _ in
            try await lock.hold(as: Self.ada, timeout: .zero) { _ in
            } _: { _ in
                _ = await #expect(throws: DeploymentError.locked(by: Self.ada)) {
                    try await lock.hold(as: Self.bob, timeout: .seconds(20)) { _ in
                    } _: { _ in
                    }
                }
            }
        }
    }

    @Test func `a holder that takes long keeps it`() async throws {
        try await withLock { lock, place in
            try await lock.hold(as: Self.ada, timeout: .zero) { _ in
            } _: { confirm in
                try await place.time.clock.sleep(for: .seconds(300))
                try await confirm()
                #expect(try await lock.status() == .held(Self.ada))
            }
        }
    }

    @Test func `a holder whose lease was broken and taken is stopped`() async throws {
        try await withLock { lock, place in
            await #expect(throws: DeploymentError.lockLost) {
                try await lock.hold(as: Self.ada, timeout: .zero) { _ in
                } _: { _ in
                    try await lock.breakLease()
                    try await lock.hold(as: Self.bob, timeout: .zero) { _ in
                    } _: { _ in
                        try await place.time.clock.sleep(for: .seconds(600))
                    }
                }
            }
        }
    }
}
