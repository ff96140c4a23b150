import Planning

/// The sentences about the end of a deployment, whatever their form.
struct DeploymentWords {
    let summary: DeploymentSummary
    let names: ResourceNames

    /// How it ended, and how many steps ended how: `Failed after 12 s: 1 failed, 2 skipped`.
    var title: String {
        let parts = [
            (summary.failed.count, "failed"), (summary.skipped.count, "skipped"),
            (summary.untouched.count, "not started"),
            (summary.succeeded.count, "done"),
        ]
        let counts = parts.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
        let verdict =
            switch summary.verdict {
            case .done: "Done in"
            case .failed: "Failed after"
            case .interrupted: "Interrupted after"
            }
        return "\(verdict) \(Elapsed.words(summary.elapsed)): \(counts.isEmpty ? "nothing to do" : counts)."
    }

    /// What took longest, and how much of the whole that was; `nil` where nothing took time.
    var chain: String? {
        let total = summary.criticalPath.reduce(Duration.zero) { $0 + $1.duration }
        guard !summary.criticalPath.isEmpty else { return nil }
        let share = summary.elapsed > .zero ? Int((100 * (total / summary.elapsed)).rounded()) : 100
        return "The longest chain took \(Elapsed.words(total)), \(min(share, 100)) % of the whole:"
    }

    /// What is to be done now; `nil` where all is done.
    var advice: String? {
        switch summary.verdict {
        case .done: nil
        case .failed: "Then run the same command again: finished steps are not repeated."
        case .interrupted:
            "Run the same command again: it takes up what still goes on, and repeats nothing that is done."
        }
    }

    /// The failed steps, in the order of their names.
    var failures: [Failed] {
        summary.failed.map { id, problem in Failed(name: names[id].description, id: id, problem: problem) }
            .sorted { ($0.name, $0.id) < ($1.name, $1.id) }
    }

    /// The failed steps by what mends them, in the order of the names of the first of each.
    var failuresByRemedy: [(remedy: String, failures: [Failed])] {
        var groups: [(remedy: String, failures: [Failed])] = []
        var places: [String: Int] = [:]
        for failure in failures {
            let remedy = failure.problem.remedy
            if let place = places[remedy] {
                groups[place].failures.append(failure)
            } else {
                places[remedy] = groups.count
                groups.append((remedy, [failure]))
            }
        }
        return groups
    }

    /// A line for each step that was not tried, by the step that it waited for.
    var skips: [String] {
        summary.skipped.map { id, culprit in "\(names[id]), because \(names[culprit]) failed" }.sorted()
    }

    struct Failed {
        let name: String
        let id: String
        let problem: DeploymentProblem
    }
}

extension DeploymentSummary {
    enum Verdict { case done, failed, interrupted }

    var verdict: Verdict {
        if !failed.isEmpty { return .failed }
        return untouched.isEmpty ? .done : .interrupted
    }

    /// What the command ends with: 0 done, 1 failed, 130 interrupted.
    var exitCode: Int32 {
        switch verdict {
        case .done: 0
        case .failed: 1
        case .interrupted: 130
        }
    }
}
