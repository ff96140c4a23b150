/// Tells how many messages a queue of the local broker holds, those in somebody's hands included.
public typealias BacklogCount = @Sendable (_ queue: String) async throws -> Int

extension ServiceRunner {
    /// How often queues are looked at while nobody handles their messages.
    private static let backlogInterval = Duration.milliseconds(250)

    /// Returns when the process should run, at once for one that never sleeps.
    ///
    /// - Returns: `false` when everything should stop instead.
    func isNeeded(restarts: Int) async -> Bool {
        if let sleep = plan.sleep, socket?.hasWaiting != true, !stopping.isOpen {
            report(state: .asleep, restarts: restarts)
            healthy.open()
            await firstToEnd(of: [
                { try? await stopping.wait() }, { await connection() }, { await messages(in: sleep.queues) },
            ])
        }
        return !stopping.isOpen && !Task.isCancelled
    }

    /// Lets some time pass before the next start; who calls meanwhile is told so, rather than kept waiting.
    func pause(for delay: Duration, because reason: ExitReason) async {
        // A process that crashed once is best started again before anybody notices. One that hung has been waited for.
        let delay = reason == .hung ? max(delay, .seconds(1)) : delay
        guard delay > .zero else { return }
        await firstToEnd(of: [
            { try? await Task.sleep(for: delay) }, { try? await stopping.wait() },
            { await refuse(for: delay, because: reason) },
        ])
    }

    /// Ends a process that works off queues when they have been empty for long enough.
    func stopWhenIdle(_ process: RunningProcess, restarts: Int) async {
        guard let sleep = plan.sleep, !sleep.listens else { return }
        var spell = QuietSpell(limit: sleep.patience)
        let interval = min(Self.runInterval, sleep.patience)
        while (try? await Task.sleep(for: interval)) != nil {
            // Nobody knows whether a broker that does not answer has messages.
            let isQuiet = (try? await waiting(in: sleep.queues)) == 0
            guard spell.isOver(isQuiet: isQuiet, at: .now), !Task.isCancelled else { continue }
            report(state: .stopping, process: process, restarts: restarts)
            return await process.stop(.seconds(5))
        }
    }

    private func connection() async {
        guard let socket else { return await never() }
        try? await socket.connection()
    }

    private func messages(in queues: [String]) async {
        guard !queues.isEmpty else { return await never() }
        while await (try? waiting(in: queues)) ?? 0 == 0 {
            guard (try? await Task.sleep(for: Self.backlogInterval)) != nil else { return }
        }
    }

    private func waiting(in queues: [String]) async throws -> Int {
        var count = 0
        for queue in queues { count += try await backlog(queue) }
        return count
    }

    private func refuse(for delay: Duration, because reason: ExitReason) async {
        guard let socket else { return await never() }
        try? await Refusal(of: plan.name, because: reason, retryAfter: delay).serve(on: socket)
    }

    private func firstToEnd(of waits: [@Sendable () async -> Void]) async {
        await withTaskGroup(of: Void.self) { group in
            for wait in waits { group.addTask { await wait() } }
            await group.next()
            group.cancelAll()
        }
    }

    /// Waits until the task is cancelled.
    private func never() async {
        try? await Gate().wait()
    }
}
