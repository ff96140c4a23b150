import JSONText
import Logging
import Synchronization

/// Finds out, when somebody asks, whether everything is there that a service needs.
///
/// Whoever asks while another one's question is being answered, or less than a second later, hears the same: anybody may
/// ask, and no number of questions becomes more than one a second for a dependency.
final class ReadinessAnswer: Sendable {
    /// How long one dependency may take, and how long an answer holds.
    static let patience = Duration.seconds(2)
    static let validity = Duration.seconds(1)

    struct Outcome: Sendable, Hashable {
        let name: String
        let isThere: Bool
    }

    private struct State {
        var outcomes: [Outcome]
        var asked: ContinuousClock.Instant?
        var isAsking = false
    }

    private let checks: [DependencyCheck]
    private let logger: Logger
    private let state: Mutex<State>

    init(_ checks: [DependencyCheck], logger: Logger) {
        self.checks = checks
        self.logger = logger
        self.state = Mutex(State(outcomes: checks.map { Outcome(name: $0.name, isThere: false) }))
    }

    /// What is there and what is not, in the order of the checks.
    func outcomes() async -> [Outcome] {
        let known = state.withLock { state -> [Outcome]? in
            let isFresh = state.asked.map { ContinuousClock.now - $0 < Self.validity } ?? false
            guard !isFresh, !state.isAsking else { return state.outcomes }
            state.isAsking = true
            return nil
        }
        if let known { return known }
        let outcomes = await ask()
        state.withLock { $0 = State(outcomes: outcomes, asked: .now) }
        return outcomes
    }

    private func ask() async -> [Outcome] {
        await withTaskGroup(of: (Int, Outcome).self) { group in
            for (index, check) in checks.enumerated() {
                group.addTask { (index, Outcome(name: check.name, isThere: await self.isThere(check))) }
            }
            return await group.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    private func isThere(_ dependency: DependencyCheck) async -> Bool {
        do {
            return try await withThrowingTaskGroup(of: Bool.self) { group in
                group.addTask {
                    try await dependency.check()
                    return true
                }
                group.addTask {
                    try await Task.sleep(for: Self.patience)
                    return false
                }
                defer { group.cancelAll() }
                return try await group.next() ?? false
            }
        } catch {
            logger.warning(
                "a dependency is not there",
                metadata: [
                    "dependency": .string(dependency.name), "error": .string(String(describing: type(of: error))),
                ]
            )
            return false
        }
    }
}

extension [ReadinessAnswer.Outcome] {
    var areAllThere: Bool { allSatisfy(\.isThere) }

    /// `{"status":"ready","dependencies":{"broker":"ok"}}`, or `unready` and `away`.
    var json: JSON {
        let members = map { JSON.Member($0.name, $0.isThere ? "ok" : "away") }
        return ["status": areAllThere ? "ready" : "unready", "dependencies": .object(members)]
    }
}
