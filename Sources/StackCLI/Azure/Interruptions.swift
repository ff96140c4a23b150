import Deployment
import Planning
import Synchronization
import UnixSignals

/// Ctrl-C during a deployment: asks what to do with what runs, where there is somebody to ask.
final class Interruptions: Sendable {
    private struct State {
        var answer: Interruption?
        var listeners: [AsyncStream<Interruption>.Continuation] = []
    }

    private let state = Mutex(State())
    private let hasBegun = Mutex(false)

    /// What somebody wants who interrupts, or has interrupted; ends when the task is cancelled.
    func next() async -> Interruption? {
        let (answers, listener) = AsyncStream.makeStream(of: Interruption.self)
        state.withLock { state in
            if let answer = state.answer { listener.yield(answer) } else { state.listeners.append(listener) }
        }
        for await answer in answers { return answer }
        return nil
    }

    /// Tells everybody who listens; the first answer counts.
    private func tell(_ answer: Interruption) {
        let listeners = state.withLock { state in
            guard state.answer == nil else { return [AsyncStream<Interruption>.Continuation]() }
            state.answer = answer
            return state.listeners
        }
        for listener in listeners { listener.yield(answer) }
    }

    /// Takes note of the first step: before it there is nothing to leave or to cancel.
    func note(_ event: DeploymentEvent) {
        if case .started(_, let activity) = event, activity != .adopting { hasBegun.withLock { $0 = true } }
    }

    /// Runs a deployment, and hears signals meanwhile.
    ///
    /// - Parameters:
    ///   - display: Shows the deployment, and makes room for the question.
    ///   - consent: Whether and whom to ask.
    ///   - body: The deployment.
    /// - Returns: What the deployment returns.
    /// - Throws: What the deployment throws.
    func watching<Result: Sendable, Time>(
        _ display: ProgressDisplay<Time>,
        _ consent: Consent,
        _ body: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
        return try await withThrowingTaskGroup(of: Result?.self) { group in
            group.addTask { try await body() }
            group.addTask {
                for await _ in signals {
                    let typed =
                        consent.isInteractive && self.hasBegun.withLock { $0 }
                        ? try await display.quiet { try await consent.ask(Interruption.question) } : nil
                    self.tell(Interruption(typed))
                }
                return nil
            }
            defer { group.cancelAll() }
            while let result = try await group.next() {
                if let result { return result }
            }
            throw CancellationError()
        }
    }
}

/// Carries the waits of the client to whoever shows them, once there is somebody.
final class WaitRelay: Sendable {
    private let receiver = Mutex<(@Sendable (DeploymentEvent) -> Void)?>(nil)

    func connect(_ receiver: @escaping @Sendable (DeploymentEvent) -> Void) {
        self.receiver.withLock { $0 = receiver }
    }

    func report(_ event: DeploymentEvent) {
        receiver.withLock { $0 }?(event)
    }
}
