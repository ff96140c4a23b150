import ServiceLifecycle
import Supervisor

/// A running stack: the supervisor, the record that other commands read, the log files, and what a person sees.
struct LocalRun: Service {
    let stack: LocalStack
    let stage: String
    let view: RunView
    /// Called once, when every service is healthy.
    let onHealthy: @Sendable () async -> [String]

    func run() async throws {
        // A terminal that is stopped must not stop the services: what does not fit is dropped here, and kept in the
        // log files.
        let (events, continuation) = AsyncStream.makeStream(
            of: SupervisorEvent.self,
            bufferingPolicy: .bufferingNewest(10_000)
        )
        let files = LogFiles(in: stack.directory)
        let supervisor = Supervisor(
            stack.plan,
            executables: stack.executables,
            environment: stack.environment.variables,
            backlog: stack.backlog
        ) { event in
            if case .line(let service, let text) = event {
                files.append(text, of: service)
                // In the background nobody reads along.
                guard view.logs != nil else { return }
            }
            continuation.yield(event)
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await follow(events, files) }
            try await supervisor.run()
            continuation.finish()
            try await group.waitForAll()
        }
    }

    private func follow(_ events: AsyncStream<SupervisorEvent>, _ files: LogFiles) async throws {
        var record = RunRecord(
            supervisor: PlatformProcesses.currentID,
            stack: stack.plan.stack,
            stage: stage,
            services: stack.plan.processes.map {
                ServiceStatus(name: $0.name, address: $0.address, state: .waiting(for: $0.waitsFor))
            }
        )
        var refusals = RepeatedRefusals()
        for await event in events {
            switch event {
            case .changed(let status):
                record.update(status)
                try record.write(to: stack.directory)
                if let note = SleepNote(status) { files.append(note.line, of: status.name) }
                if !refusals.repeats(status) { view.changed(status) }
            case .line(let service, let text): view.line(text, of: service)
            case .allHealthy(let elapsed):
                view.started(record.services, notes: stack.plan.notes, after: elapsed)
                for line in await onHealthy() { Terminal.output.write(line) }
            }
        }
    }
}

/// What a person sees of a run.
struct RunView: Sendable {
    let palette: Palette
    /// How lines of services look; `nil` where nobody sees them.
    let logs: LogView?

    func changed(_ status: ServiceStatus) {
        // A start is told twice, the first time before there is a process.
        guard status.state != .waking || status.processID != nil, let text = words(for: status.state) else { return }
        Terminal.error.write(palette.dim("· \(status.name) \(text)"))
    }

    func line(_ text: String, of service: String) {
        if let logs { Terminal.output.write(logs.line(text, of: service)) }
    }

    func started(_ services: [ServiceStatus], notes: [LocalPlan.Note], after elapsed: Duration) {
        let seconds = Double(elapsed / .milliseconds(10)).rounded() / 100
        let lines =
            [""] + ServiceTable(palette: palette).lines(services)
            + [""] + notes.map { palette.paint("! \($0.subject): \($0.text)", .yellow) }
            + ["All \(services.count) services are \(state(of: services)) after \(seconds) s. Ctrl-C stops them."]
        Terminal.output.write(lines.joined(separator: "\n"))
    }

    private func state(of services: [ServiceStatus]) -> String {
        services.contains { $0.state == .asleep } ? "healthy or asleep" : "healthy"
    }

    /// Only what is out of the ordinary deserves a line.
    private func words(for state: ServiceState) -> String? {
        switch state {
        case .waiting, .starting, .healthy, .stopping: nil
        case .asleep: "is asleep until somebody needs it"
        case .waking: "is waking"
        case .unhealthy: "does not answer"
        case .restarting(_, let reason) where reason.isConfiguration:
            "cannot use its configuration (\(reason.words)): its log says why. It is tried again until it can"
        case .restarting(_, let reason): "ended (\(reason.words)); starting it again"
        case .stopped: "stopped"
        }
    }
}
