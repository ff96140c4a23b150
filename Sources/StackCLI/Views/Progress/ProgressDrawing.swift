import Planning

/// The tree of a deployment as lines for a terminal of some size.
struct ProgressDrawing {
    let title: String
    let palette: Palette

    /// Draws the progress.
    ///
    /// - Parameters:
    ///   - progress: How far it is.
    ///   - now: The time since the start.
    ///   - rows: How many rows the terminal has; the last is left for its cursor.
    ///   - columns: How many columns it has; the last is left, where terminals differ.
    /// - Returns: Fewer lines than there are rows, each shorter than the terminal is wide.
    func lines(_ progress: DeploymentProgress, at now: Duration, rows: Int, columns: Int) -> [String] {
        guard rows > 1, columns > 1 else { return [] }
        let pause = progress.pause.flatMap { pauseLine($0, at: now) }
        let frame = [headline(progress, at: now)] + (pause.map { [$0] } ?? [])
        let room = rows - 1 - frame.count
        let lines = frame + steps(progress.steps, at: now, room: max(0, room))
        return lines.prefix(rows - 1).map { $0.painted(palette, columns: columns - 1) }
    }

    private func headline(_ progress: DeploymentProgress, at now: Duration) -> StyledLine {
        [.bold("\(title.onOneLine): "), .text(progress.counts.words), .dim(" (\(Elapsed.whole(now)))")]
    }

    private func pauseLine(_ pause: DeploymentProgress.Pause, at now: Duration) -> StyledLine? {
        pause.end > now ? [.colored("… \(pause.words(at: now))", .yellow)] : nil
    }

    // MARK: Steps

    /// All steps, or those in sight and the counts of the rest.
    private func steps(_ steps: [DeploymentProgress.Step], at now: Duration, room: Int) -> [StyledLine] {
        guard steps.count > room else { return steps.map { line($0, at: now, depth: $0.depth) } }
        guard room > 0 else { return [] }
        let order = steps.indices.map { (sight: steps[$0].sight, place: $0) }.sorted { $0 < $1 }.map(\.place)
        let shown = order.prefix(room - 1).sorted()
        let hidden = DeploymentProgress.Counts(order.dropFirst(room - 1).map { steps[$0] })
        // Out of its tree, a step tells where it belongs by its name alone.
        return shown.map { line(steps[$0], at: now, depth: 0) } + [[.dim("  … and \(hidden.words)")]]
    }

    private func line(_ step: DeploymentProgress.Step, at now: Duration, depth: Int) -> StyledLine {
        let indent = String(repeating: "  ", count: min(depth, 8))
        let (symbol, color) = symbol(of: step.state, at: now)
        let words = step.state.words(at: now)
        return [
            .text(indent), .colored("\(symbol) ", color), .text(step.name.name),
            .dim(step.name.type.map { " (\($0))" } ?? ""), .colored(words.isEmpty ? "" : "  \(words)", color),
        ]
    }

    private func symbol(of state: DeploymentProgress.State, at now: Duration) -> (String, Palette.Color?) {
        switch state {
        case .planned: ("·", nil)
        case .running(_, _, let pause): pause.map { $0.end > now } == true ? ("…", .yellow) : ("▸", .cyan)
        case .succeeded: ("✓", .green)
        case .failed: ("✗", .red)
        case .skipped: ("○", .yellow)
        }
    }
}

extension DeploymentProgress.Step {
    /// What must be in sight first: failures, then what runs, then what ended last.
    fileprivate var sight: Sight {
        switch state {
        case .failed: Sight(rank: 0)
        case .running: Sight(rank: 1)
        case .succeeded(_, _, let time): Sight(rank: 2, recency: time)
        case .skipped: Sight(rank: 3)
        case .planned: Sight(rank: 4)
        }
    }
}

private struct Sight: Comparable {
    var rank: Int
    var recency = Duration.zero

    static func < (one: Self, other: Self) -> Bool {
        one.rank != other.rank ? one.rank < other.rank : one.recency > other.recency
    }
}

extension DeploymentProgress.State {
    /// What is or was done, and how long it took.
    func words(at now: Duration) -> String {
        switch self {
        case .planned: ""
        case .running(let activity, let since, let pause):
            if let pause, pause.end > now {
                "\(activity.present) \(Elapsed.whole(now - since)), \(pause.words(at: now))"
            } else {
                "\(activity.present) \(Elapsed.whole(now - since))"
            }
        case .succeeded(let activity, let duration, _): "\(activity?.past ?? "done") in \(Elapsed.words(duration))"
        case .failed(let problem, let duration): "failed after \(Elapsed.words(duration)): \(problem.code.onOneLine)"
        case .skipped(let culprit): "skipped, because \(ResourceName(id: culprit).name) failed"
        }
    }
}

extension DeploymentProgress.Pause {
    func words(at now: Duration) -> String { "waiting \(Elapsed.left(end - now)), \(reason.onOneLine)" }
}
