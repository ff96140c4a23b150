import ArgumentParser
import SystemPackage

/// The summary page of a step of a GitHub workflow, where there is one.
///
/// A summary is a courtesy: that it cannot be written fails no deployment.
///
/// Source: docs.github.com/actions/reference/workflow-commands-for-github-actions#adding-a-job-summary
struct StepSummary {
    private let path: FilePath?

    init(_ environment: [String: String]) {
        self.path = environment["GITHUB_STEP_SUMMARY"].flatMap { $0.isEmpty ? nil : FilePath($0) }
    }

    /// Adds a report below what the step has written already, and nothing where nobody will see it.
    ///
    /// - Parameter report: Makes the report, of at most so many bytes: the limit is that of the whole step.
    func append(_ report: (_ byteLimit: Int) -> String) {
        guard let path else { return }
        try? Self.append(report, to: path)
    }

    /// Does something, and adds why it failed; an exit code that somebody chose has been explained already.
    ///
    /// - Parameters:
    ///   - stack: The name of the stack.
    ///   - body: What to do.
    /// - Returns: What the body returns.
    /// - Throws: What the body throws.
    func tellingFailures<Result>(of stack: String, _ body: () async throws -> Result) async throws -> Result {
        do {
            return try await body()
        } catch let code as ExitCode {
            throw code
        } catch {
            append { FailureMarkdown.text(Failure(error), stack: stack, byteLimit: $0) }
            throw error
        }
    }

    private static func append(_ report: (Int) -> String, to path: FilePath) throws {
        let file = try FileDescriptor.open(
            path,
            .writeOnly,
            options: [.append, .create],
            permissions: [.ownerReadWrite, .groupRead, .otherRead]
        )
        try file.closeAfter {
            let written = Int(try file.seek(offset: 0, from: .end))
            // Markdown goes on in the paragraph before it, unless an empty line parts them.
            let start = written > 0 ? "\n" : ""
            let text = report(Markdown.byteLimit - written - start.utf8.count)
            if !text.isEmpty { try file.writeAll((start + text).utf8) }
        }
    }
}
