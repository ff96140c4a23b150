import JSONText
import NIOHTTP1
import TestInstruments
import Testing

@testable import Azure

/// A resource is made while everything goes wrong that can, in a different order for each seed.
@Suite(.timeLimit(.minutes(5))) struct FaultTests {
    enum Fault: CaseIterable {
        case none, hangUp, cut, stall, throttled, throttledByDate, unavailable, timeout, page, nonsense, missing,
            expired
        case conflict
    }

    /// What the server has done, and what its faults will be.
    private struct World {
        var generator: SeededGenerator
        var isMade = false
        var looks = 0
        var conflicts = false
        var expired: Set<String> = []
    }

    private static let budget = Duration.seconds(3600)

    @Test func `the end is the right result or a clear error, in time`() async throws {
        var made = 0
        for seed in 0..<300 where try await isMade(seed) { made += 1 }
        // Both ends are seen often enough to mean something.
        #expect((100...270).contains(made))
    }

    private func isMade(_ seed: Int) async throws -> Bool {
        let made = Shared(false)
        let world = Shared(World(generator: SeededGenerator(seed: seed)))
        let limitClock = Shared<TestClock?>(nil)
        let handler: @Sendable (ReceivedRequest) async -> Reply = { request in
            world.withLock { Self.reply(to: request, in: &$0, limitClock) }
        }
        try await Harness.run(handler) { azure in
            limitClock.withLock { $0 = azure.limitClock }
            let request = AzureRequest(.put, .path("/x/one", apiVersion: "2024-01-01"), body: ["a": 1])
            var options = OperationOptions()
            options.budget = Self.budget
            let outcome: Result<JSON?, any Error>
            do {
                outcome = .success(try await azure.client().perform(request, options: options))
            } catch {
                outcome = .failure(error)
                azure.journal.withLock { $0.append("\(error) \(String(reflecting: error))") }
            }
            let world = world.withLock { $0 }
            switch outcome {
            case .success(let document):
                made.withLock { $0 = true }
                #expect(document?["id"] == "/x/one", "seed \(seed)")
                #expect(world.isMade && !world.conflicts, "seed \(seed)")
            case .failure(let error as AzureError):
                #expect("\(error)".count > 20, "seed \(seed)")
                if world.conflicts { #expect(error.has(code: "Conflict"), "seed \(seed): \(error)") }
            case .failure(let error): Issue.record("seed \(seed): \(error)")
            }
            // The first request and the last look have budgets of their own.
            #expect(azure.clock.elapsed <= Self.budget + RetryPolicy().budget * 2, "seed \(seed)")
        }
        return made.withLock { $0 }
    }

    private static func reply(
        to request: ReceivedRequest,
        in world: inout World,
        _ limitClock: Shared<TestClock?>
    ) -> Reply {
        let token = request.headers.first(name: "Authorization") ?? ""
        if world.expired.contains(token) { return .answer(401) }
        switch fault(in: &world) {
        case .none: return honest(request, &world)
        case .hangUp:
            if Bool.random(using: &world.generator) { _ = honest(request, &world) }
            return .hangUp
        case .cut:
            _ = honest(request, &world)
            return .cut(200, #"{"status": "#)
        case .stall:
            return .stall {
                let clock = limitClock.withLock { $0 }
                await clock?.waitForSleepers(1)
                clock?.advance(by: .seconds(100))
            }
        case .throttled: return .answer(429, [("Retry-After", "\(Int.random(in: 0...40, using: &world.generator))")])
        case .throttledByDate: return .answer(429, [("Retry-After", "Thu, 01 Jan 2026 00:01:00 GMT")])
        case .unavailable:
            return .answer([500, 502, 503, 504].randomElement(using: &world.generator) ?? 503, [], "<html>")
        case .timeout: return .answer(408)
        case .page: return .answer(200, [("Content-Type", "text/html")], "<html><body>Please wait</body></html>")
        case .nonsense: return .json("{\"status\": \(token)")
        case .missing: return request.method == "PUT" ? honest(request, &world) : .answer(404)
        case .expired:
            world.expired.insert(token)
            return .answer(401)
        case .conflict:
            world.conflicts = true
            return .json(409, #"{"error": {"code": "Conflict", "message": "Another one is at work."}}"#)
        }
    }

    /// Half of all answers are honest, and only few are the end.
    private static func fault(in world: inout World) -> Fault {
        if Bool.random(using: &world.generator) { return .none }
        let fault = Fault.allCases.randomElement(using: &world.generator) ?? .none
        return fault == .conflict && Int.random(in: 0..<4, using: &world.generator) > 0 ? .none : fault
    }

    private static func honest(_ request: ReceivedRequest, _ world: inout World) -> Reply {
        switch (request.method, request.path) {
        case ("PUT", _):
            world.isMade = true
            return .json(
                201,
                #"{"properties": {"provisioningState": "Creating"}}"#,
                [("Azure-AsyncOperation", "/operations/1")]
            )
        case (_, "/operations/1"):
            world.looks += 1
            return .json(#"{"status": "\#(world.looks < 4 ? "InProgress" : "Succeeded")"}"#)
        default:
            let state = world.looks < 4 ? "Creating" : "Succeeded"
            if state == "Creating" { world.looks += 1 }
            return world.isMade
                ? .json(#"{"id": "/x/one", "properties": {"provisioningState": "\#(state)"}}"#) : .answer(404)
        }
    }
}
