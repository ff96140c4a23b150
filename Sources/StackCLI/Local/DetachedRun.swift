import Supervisor
import SystemPackage

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A supervisor in the background, and the wait until it says that everything is healthy or will not be.
struct DetachedRun {
    let stack: LocalStack
    let arguments: [String]

    private static let patience = Duration.seconds(60)
    /// The lines of each service's log that an error shows.
    private static let tail = 10

    func start(palette: Palette) async throws {
        let log = stack.directory.log(of: "supervisor")
        let executable = try LocalStack.executable().string
        let start = ContinuousClock.now
        let tails = stack.plan.processes.map { LogTail.ofNews(of: $0.name, path: stack.directory.log(of: $0.name)) }
        let processID = try PlatformProcesses.spawnDetached(
            [executable] + arguments,
            environment: stack.environment.variables,
            output: log
        )
        while true {
            let record = RunRecord.current(in: stack.directory)
            let services = record?.supervisor == processID ? record?.services : nil
            switch StartVerdict(services, isLate: ContinuousClock.now - start >= Self.patience) {
            case .up: return try await show(services ?? [], palette)
            case .failed(let services): throw await failure(of: services, tails, processID, palette)
            case .pending: break
            }
            guard PlatformProcesses.isRunning(child: processID) else {
                let text = FileManager.default.contents(atPath: log).map { String(decoding: $0, as: UTF8.self) } ?? ""
                throw Failure(text.isEmpty ? "The supervisor ended. See \(log)." : text)
            }
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    private func show(_ services: [ServiceStatus], _ palette: Palette) async throws {
        let notes = stack.plan.notes.map { palette.paint("! \($0.subject): \($0.text)", .yellow) }
        let lines =
            ServiceTable(palette: palette).lines(services) + [""] + notes
            + ["Running in the background. `infra logs -f` follows, `infra down` stops."]
            + (try await Examples.lines(for: stack.plan))
        for line in lines { Terminal.output.write(line) }
    }

    /// Stops everything, and tells which services were why, with the end of what they wrote meanwhile.
    private func failure(
        of services: [ServiceStatus],
        _ tails: [LogTail],
        _ processID: Int,
        _ palette: Palette
    ) async -> Failure {
        var end = "Everything was stopped."
        do {
            try await PlatformProcesses.endSupervisor(processID) { PlatformProcesses.isRunning(child: processID) }
        } catch {
            end = Failure(error).description
        }
        let isConfiguration = services.contains(where: \.lacksConfiguration)
        let reason =
            isConfiguration
            ? "The stack does not start with this configuration."
            : "Not every service was healthy within \(Self.patience.components.seconds) s."
        let view = LogView(services: services.map(\.name), palette: palette)
        var lines = [reason]
        for service in services {
            lines.append(service.hindrance)
            for var tail in tails where tail.service == service.name {
                lines += tail.last(Self.tail).map { view.line($0, of: service.name) }
            }
        }
        return Failure(lines: lines + [end], code: isConfiguration ? Failure.configuration : 1)
    }
}
