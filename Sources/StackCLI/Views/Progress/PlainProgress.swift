import Planning

/// A line for each event, for logs.
struct PlainProgress {
    let names: ResourceNames

    /// The line of an event, with the time since the start.
    func line(_ event: DeploymentEvent, at time: Duration) -> String {
        WorkflowCommand.harmless("\(Self.clock(time))  \(words(event))")
    }

    private func words(_ event: DeploymentEvent) -> String {
        switch event {
        case .started(let id, let activity): "\(names[id]): \(activity.present)"
        case .waiting(let id, let wait, let reason):
            (id.map { "\(names[$0]): " } ?? "") + "waiting \(Elapsed.left(wait)), \(reason.onOneLine)"
        case .succeeded(let id, let duration): "\(names[id]): done in \(Elapsed.words(duration))"
        case .failed(let id, let problem, let duration):
            "\(names[id]): failed after \(Elapsed.words(duration)): \(problem.words)"
        case .skipped(let id, let culprit): "\(names[id]): skipped, because \(names[culprit]) failed"
        case .noted(let sentence): sentence.onOneLine
        }
    }

    /// `00:12`, `01:02:03`.
    private static func clock(_ time: Duration) -> String {
        let seconds = Int(max(.zero, time) / .seconds(1))
        let parts = [seconds / 3600, seconds / 60 % 60, seconds % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }
        return (seconds < 3600 ? parts.dropFirst() : parts[...]).joined(separator: ":")
    }
}

extension DeploymentProblem {
    /// The innermost code and message, on one line.
    var words: String { "\(code.onOneLine): \(message.onOneLine)" }
}
