/// Keeps one process running until it is told to stop.
struct ServiceRunner: Sendable {
    let plan: ProcessPlan
    let launcher: ProcessLauncher
    /// Open when the process may start: all it waits for is healthy.
    let mayStart: [Gate]
    /// Open when everything should stop.
    let stopping: Gate
    /// Open when those that need this process have stopped.
    let usersStopped: [Gate]
    let healthy: Gate
    let stopped: Gate
    let report: @Sendable (SupervisorEvent) -> Void

    /// How often a process that starts, and one that runs, is asked for its health.
    private static let startInterval = Duration.milliseconds(3)
    private static let runInterval = Duration.seconds(2)
    /// After so many questions without an answer the process counts as unhealthy, and then as hung.
    private static let patience = (unhealthy: 2, hung: 5)

    func run() async {
        defer { stopped.open() }
        report(state: .waiting(for: plan.waitsFor))
        guard await opened(mayStart) else { return report(state: .stopped) }
        var backoff = Backoff()
        var restarts = 0
        while !stopping.isOpen {
            report(state: .starting, restarts: restarts)
            let start = ContinuousClock.now
            let reason = await launch(restarts: restarts)
            if stopping.isOpen { break }
            let delay = backoff.delay(afterRunning: .now - start)
            restarts += 1
            report(state: .restarting(attempt: backoff.attempts, reason: reason), restarts: restarts)
            await sleep(atMost: delay)
        }
        report(state: .stopped, restarts: restarts)
    }

    private func launch(restarts: Int) async -> ExitReason {
        let start = ContinuousClock.now
        let name = plan.name
        let hung = Gate()
        let reason = await launcher.run(plan) { [report] line in
            report(.line(service: name, text: line))
        } body: { process in
            report(state: .starting, process: process, restarts: restarts)
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await watch(process, since: start, restarts: restarts, hung: hung) }
                group.addTask { await stop(process, restarts: restarts) }
                await group.waitForAll()
            }
        }
        return hung.isOpen ? .hung : reason
    }

    /// Follows the health of a running process until it ends; ends it when it hangs.
    private func watch(_ process: RunningProcess, since start: ContinuousClock.Instant, restarts: Int, hung: Gate) async
    {
        let probe = HealthProbe(port: plan.port)
        while await !probe.isHealthy() {
            guard (try? await Task.sleep(for: Self.startInterval)) != nil else { return }
        }
        let took = Int((ContinuousClock.now - start) / .milliseconds(1))
        let healthyState = ServiceState.healthy(startMilliseconds: took)
        report(state: healthyState, process: process, restarts: restarts)
        healthy.open()
        var misses = 0
        while (try? await Task.sleep(for: Self.runInterval)) != nil, !stopping.isOpen {
            let wasUnhealthy = misses >= Self.patience.unhealthy
            misses = await probe.isHealthy() ? 0 : misses + 1
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

    private func sleep(atMost delay: Duration) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await Task.sleep(for: delay) }
            group.addTask { try? await stopping.wait() }
            await group.next()
            group.cancelAll()
        }
    }

    private func report(state: ServiceState, process: RunningProcess? = nil, restarts: Int = 0) {
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
