import Planning

/// What happens to a resource, the gravest first.
enum PlannedChange: String, Sendable, CaseIterable {
    case delete, replace, create, change

    init(_ action: Plan.Action) {
        switch action {
        case .create: self = .create
        case .update: self = .change
        case .replace: self = .replace
        case .delete: self = .delete
        }
    }

    var mark: ChangeLine.Mark {
        switch self {
        case .create: .added
        case .change: .changed
        case .delete: .removed
        case .replace: .replaced
        }
    }
}

/// The steps of a plan by what they do, in the order of telling them.
struct PlanCounts {
    let steps: [PlannedChange: [Plan.Step]]
    let unchanged: Int

    init(_ plan: Plan) {
        self.steps = Dictionary(grouping: plan.steps) { PlannedChange($0.action) }
        self.unchanged = plan.unchanged
    }

    var isEmpty: Bool { steps.isEmpty }

    func count(_ change: PlannedChange) -> Int { steps[change]?.count ?? 0 }

    /// `1 to delete, 2 to replace, 3 to create, 4 to change, 52 unchanged`; what there is none of is not mentioned.
    var words: String { parts { "\($1) to \($0.rawValue)" } }

    /// The words, with emphasis on what cannot be taken back.
    var markdown: String {
        parts { change, count in
            switch change {
            case .delete, .replace: "**\(count) to \(change.rawValue)**"
            case .create, .change: "\(count) to \(change.rawValue)"
            }
        }
    }

    private func parts(_ words: (PlannedChange, Int) -> String) -> String {
        let changes = PlannedChange.allCases.filter { count($0) > 0 }.map { words($0, count($0)) }
        return (changes + ["\(unchanged) unchanged"]).joined(separator: ", ")
    }
}
