import Settings

/// What a log line can make GitHub's runner do.
///
/// Source: docs.github.com/actions/reference/workflow-commands-for-github-actions; the escapes are those of
/// github.com/actions/toolkit, packages/core/src/command.ts.
enum WorkflowCommand {
    /// The lines that make the runner hide values from then on; they must come before all else.
    ///
    /// The runner reads line by line, so each line of a value is hidden by itself. What is only space hides nothing but
    /// the log.
    static func masks(_ values: some Sequence<SecretValue>) -> [String] {
        var seen: Set<String> = []
        return values.flatMap { $0.unsafeRevealed.split(whereSeparator: \.isNewline) }.compactMap { line in
            let text = String(line)
            guard !text.allSatisfy(\.isWhitespace), seen.insert(text).inserted else { return nil }
            return "::add-mask::\(escaped(text))"
        }
    }

    /// A line that is no command, whatever it was made of.
    ///
    /// A command begins the line with `::`, or has `##[` anywhere in it, which is an older form [mem].
    static func harmless(_ line: String) -> String {
        let line = line.replacing("##[", with: "## [")
        return line.drop { $0.isWhitespace }.hasPrefix("::") ? "\u{B7} \(line)" : line
    }

    private static func escaped(_ text: String) -> String {
        text.unicodeScalars.reduce(into: "") { result, scalar in
            switch scalar {
            case "%": result += "%25"
            case "\r": result += "%0D"
            case "\n": result += "%0A"
            default: result.unicodeScalars.append(scalar)
            }
        }
    }
}
