import AzureSimulator
import Foundation
import HTTPTypes
import JSONText
import Subprocess
import TestInstruments
import Testing

/// Runs that end before their time, and runs that meet.
struct AzureInterruptionTests {
    private static let up = ["up", "--target", "azure", "--code", "keep", "--yes"]

    private static func send(_ signal: Int32, to process: ProcessIdentifier) { kill(process.value, signal) }

    /// No resource was made twice, and all that was made is known: nothing is left of it in the end.
    private static func settle(_ system: AzureSystem) async throws {
        try await system.up()
        try await system.infra("preview", "--detailed-exitcode", code: 0)
        let made = await system.simulation.journal.entries.filter { $0.method == .put && $0.status == 201 }.map(\.path)
        #expect(made.count == Set(made).count)
        try await system.infra("down", "--target", "azure", "--yes", code: 0)
        #expect(await system.identifiers == [])
    }

    @Test func `interrupted, it gives the lock back, and the next run goes on`() async throws {
        try await AzureSystem.running(environment: AzureSystem.ready) {
            $0.speed = 100
        } _: { system in
            let result = try await system.infra(Self.up) { process in
                try await system.untilWritten(14)
                Self.send(SIGINT, to: process)
            }
            #expect(result.code == 130, "\(result.output)\(result.errors)")
            #expect(result.output.contains("Interrupted after"))
            #expect(result.output.contains("Run the same command again: it takes up what still goes on"))
            #expect(try await system.infra("lock", "status", code: 0).output.contains("Nobody deploys"))
            try await Self.settle(system)
        }
    }

    @Test func `interrupted before the first step, or while it waits, it changes nothing`() async throws {
        try await AzureSystem.running(environment: AzureSystem.ready) {
            $0.latency = .milliseconds(300)
        } _: { system in
            let first = try await system.infra(Self.up) { process in
                try await eventually { await system.identifiers.contains { $0.contains("/slipway") } }
                Self.send(SIGINT, to: process)
            }
            #expect(first.code == 130, "\(first.output)\(first.errors)")
            #expect(first.errors.contains("Interrupted before the first step"), "\(first.errors)")
            #expect(try await system.infra("lock", "status", code: 0).output.contains("Nobody deploys"))
        }
    }

    @Test func `killed at any moment, again and again, it makes nothing twice and loses nothing`() async throws {
        var generator = SeededGenerator(seed: 7)
        let steps = (0..<10).map { _ in Int.random(in: 1...9, using: &generator) }
        try await AzureSystem.running(environment: AzureSystem.ready) {
            $0.speed = 100
        } _: { system in
            for count in steps {
                let written = await system.writeCount
                let result = try await system.infra(Self.up) { process in
                    try await system.untilWritten(written + count)
                    Self.send(SIGKILL, to: process)
                }
                #expect(result.code == 128 + SIGKILL)
                _ = try await system.infra("lock", "release")
            }
            try await Self.settle(system)
        }
    }

    @Test func `two at once do it one after the other, and the second does nothing`() async throws {
        try await AzureSystem.running(environment: AzureSystem.ready.merging(["USER": "ada"]) { $1 }) {
            $0.speed = 25
        } _: { system in
            let first = try await system.infra(Self.up) { _ in
                try await system.untilWritten(12)
                async let waiting = system.up(with: ["USER": "bob"])
                async let refusal = system.up("--lock-timeout", "0", code: 1, with: ["USER": "bob"])
                let status = try await system.infra("lock", "status", code: 0)
                #expect(status.output.contains(/ada has been deploying since 2\d{3}-/), "\(status.output)")
                let refused = try await refusal
                #expect(refused.errors.contains("ada has been deploying this stack since 2"), "\(refused.errors)")
                let second = try await waiting
                #expect(second.output.contains("Waiting for the deployment that ada began at"))
                #expect(second.output.contains("nothing to do"), "\(second.output)")
            }
            #expect(first.code == 0)
            let made = await system.simulation.journal.entries.filter { $0.method == .put && $0.status == 201 }.map(
                \.path
            )
            #expect(made.count == Set(made).count)
            #expect(try await system.infra("lock", "release", code: 0).output.contains("there was nothing to end"))
        }
    }
}
