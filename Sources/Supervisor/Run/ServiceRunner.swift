/// Keeps one process running until it is told to stop, or starts it whenever somebody needs it.
struct ServiceRunner: Sendable {
    let plan: ProcessPlan
    let launcher: ProcessLauncher
    /// Where connections wait for a process that sleeps; `nil` for one that opens its own port.
    let socket: ListeningSocket?
    let backlog: BacklogCount
    /// Open when the process may start: all it waits for is healthy.
    let mayStart: [Gate]
    /// Open when everything should stop.
    let stopping: Gate
    /// Open when those that need this process have stopped.
    let usersStopped: [Gate]
    /// Open when others may call it: it has been healthy, or is started by their call.
    let healthy: Gate
    let stopped: Gate
    let report: @Sendable (SupervisorEvent) -> Void

    /// How often a process that starts, and one that runs, is asked for its health.
    private static let startInterval = Duration.milliseconds(3)
    static let runInterval = Duration.seconds(2)
    /// How long a process may take that somebody waits for.
    private static let wakePatience = Duration.seconds(30)
    /// After so many questions without an answer the process counts as unhealthy, and then as hung.
    private static let patience = (unhealthy: 2, hung: 5)

    func run() async {
        defer { stopped.open() }
        report(state: .waiting(for: plan.waitsFor))
        guard await opened(mayStart) else { return report(state: .stopped) }
        var backoff = Backoff()
        var restarts = 0
        while await isNeeded(restarts: restarts) {
            let start = ContinuousClock.now
            let end = await launch(restarts: restarts)
            if stopping.isOpen { break }
            if end.isSleep(of: plan) {
                backoff = Backoff()
                continue
            }
            let delay = backoff.delay(afterRunning: .now - start)
            restarts += 1
            report(state: .restarting(attempt: backoff.attempts, reason: end.reason), restarts: restarts)
            await pause(for: delay, because: end.reason)
        }
        report(state: .stopped, restarts: restarts)
    }

    /// How a process ended, and whether it had ever answered.
    private struct End {
        let reason: ExitReason
        let hasAnswered: Bool

        /// Whether it left because nobody needed it, as it should.
        func isSleep(of plan: ProcessPlan) -> Bool {
            plan.sleep != nil && hasAnswered && reason == .exit(code: 0)
        }
    }

    private func launch(restarts: Int) async -> End {
        let start = ContinuousClock.now
        let name = plan.name
        let state: ServiceState = plan.sleep == nil ? .starting : .waking
        report(state: state, restarts: restarts)
        let (answered, hung) = (Gate(), Gate())
        let reason = await launcher.run(plan, on: socket) { [report] line in
            report(.line(service: name, text: line))
        } body: { process in
            report(state: state, process: process, restarts: restarts)
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await watch(process, since: start, restarts: restarts, answered: answered, hung: hung) }
                group.addTask { await stop(process, restarts: restarts) }
                group.addTask { await stopWhenIdle(process, restarts: restarts) }
                await group.waitForAll()
            }
        }
        return End(reason: hung.isOpen ? .hung : reason, hasAnswered: answered.isOpen)
    }

    /// Follows the health of a running process until it ends; ends it when it hangs.
    private func watch(
        _ process: RunningProcess,
        since start: ContinuousClock.Instant,
        restarts: Int,
        answered: Gate,
        hung: Gate
    ) async {
        // Where the supervisor listens, a question waits for its answer as any other connection does.
        let first = HealthProbe(port: plan.port, timeout: socket == nil ? .seconds(2) : Self.wakePatience)
        while await !first.isHealthy() {
            guard (try? await Task.sleep(for: Self.startInterval)) != nil else { return }
            guard socket == nil || ContinuousClock.now - start < Self.wakePatience else {
                hung.open()
                return process.kill()
            }
        }
        let took = Int((ContinuousClock.now - start) / .milliseconds(1))
        let healthyState = ServiceState.healthy(startMilliseconds: took)
        report(state: healthyState, process: process, restarts: restarts)
        answered.open()
        healthy.open()
        var misses = 0
        while (try? await Task.sleep(for: Self.runInterval)) != nil, !stopping.isOpen {
            let wasUnhealthy = misses >= Self.patience.unhealthy
            misses = await isAnswering() ? 0 : misses + 1
            if Task.isCancelled || stopping.isOpen { return }
            switch misses {
            case 0 where wasUnhealthy: report(state: healthyState, process: process, restarts: restarts)
            case Self.patience.unhealthy: report(state: .unhealthy, process: process, restarts: restarts)
            case Self.patience.hung...:
                hung.open()
                return process.kill()
            default: break
            }
        }
    }

    /// Whether a running process does its work.
    ///
    /// To ask one that leaves when nobody is connected would keep it from leaving. So it is asked only while a
    /// connection waits that it does not take.
    private func isAnswering() async -> Bool {
        if let socket, !socket.hasWaiting { return true }
        return await HealthProbe(port: plan.port).isHealthy()
    }

    /// Waits for the order to stop and for those that need this process, and then ends it.
    private func stop(_ process: RunningProcess, restarts: Int) async {
        guard await opened([stopping] + usersStopped) else { return }
        report(state: .stopping, process: process, restarts: restarts)
        await process.stop(usersStopped.isEmpty ? .seconds(3) : .seconds(1))
    }

    private func opened(_ gates: [Gate]) async -> Bool {
        await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                for gate in gates { guard (try? await gate.wait()) != nil else { return false } }
                return true
            }
            if !gates.contains(where: { $0 === stopping }) {
                group.addTask {
                    try? await stopping.wait()
                    return false
                }
            }
            defer { group.cancelAll() }
            return await group.next() ?? false
        }
    }

    func report(state: ServiceState, process: RunningProcess? = nil, restarts: Int = 0) {
        report(
            .changed(
                ServiceStatus(
                    name: plan.name,
                    address: plan.address,
                    state: state,
                    processID: process?.id,
                    restarts: restarts
                )
            )
        )
    }
}
