import ArgumentParser

/// How progress is shown.
enum ProgressMode: String, ExpressibleByArgument, CaseIterable, Sendable {
    /// A tree for a person who watches, else lines.
    case auto
    /// Drawn over and over in one place of a terminal.
    case tree
    /// A line for each event.
    case plain
    /// A JSON object for each event on standard output; all else goes to standard error.
    case json

    /// How progress is shown here, never ``auto``.
    ///
    /// - Parameters:
    ///   - environment: Tells whether this is a run without people.
    ///   - isTerminal: Whether progress goes to a terminal.
    /// - Returns: The form; a tree that was asked for needs a terminal that can draw it all the same.
    func resolved(_ environment: [String: String], isTerminal: Bool) -> ProgressMode {
        let canDraw = isTerminal && environment["TERM"] != "dumb"
        return switch self {
        case .auto: canDraw && !Automation.isOn(environment) ? .tree : .plain
        case .tree: canDraw ? .tree : .plain
        case .plain: .plain
        case .json: .json
        }
    }
}

/// Whether a program started this one, and nobody can be asked.
enum Automation {
    /// What the makers of build services set.
    ///
    /// Source: docs.github.com/actions/reference/variables-reference#default-environment-variables and its like.
    private static let variables = [
        "CI", "GITHUB_ACTIONS", "TF_BUILD", "GITLAB_CI", "CIRCLECI", "BUILDKITE", "TEAMCITY_VERSION",
    ]

    static func isOn(_ environment: [String: String]) -> Bool {
        variables.contains { name in
            environment[name].map { !["", "0", "false"].contains($0.lowercased()) } ?? false
        }
    }
}
