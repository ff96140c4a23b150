import ArgumentParser

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Keeps one comment of a pull request up to date.
struct PipelineComment: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "comment",
        abstract: "Write reports into one comment of a pull request, or bring that comment up to date.",
        discussion: """
            The environment is that of a workflow: GITHUB_TOKEN, which must be allowed to write pull requests, \
            GITHUB_REPOSITORY and GITHUB_API_URL. What is too long for a comment is left out, and told.
            """
    )

    @Argument(help: "The files with the reports, in Markdown and in their order.")
    var files: [String]

    @Option(help: "The number of the pull request.")
    var pullRequest: Int

    @Option(help: "Tells the comment from others of the same author.")
    var name = "preview"

    @Option(help: "Who writes it; comments of others are left alone.")
    var author = "github-actions[bot]"

    func validate() throws {
        guard pullRequest > 0 else { throw ValidationError("--pull-request must be a number from 1.") }
        let isSound = name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
        guard isSound, !name.isEmpty, !name.contains("--") else {
            throw ValidationError("--name must be letters, digits and single hyphens.")
        }
    }

    func run() async throws {
        try await reportingFailures {
            let environment = try await UserEnvironment()
            guard let repository = environment.value(for: "GITHUB_REPOSITORY").flatMap(GitHubRepository.init) else {
                throw Failure("GITHUB_REPOSITORY must be OWNER/NAME, as in a workflow.", code: Failure.configuration)
            }
            let comment = PullRequestComment(
                repository: repository,
                number: pullRequest,
                name: name,
                author: author
            )
            let reports = try files.map(report)
            let outcome = try await GitHubClient.with(environment) { client in
                guard client.hasToken else {
                    throw Failure("GITHUB_TOKEN has no value.", code: Failure.configuration)
                }
                return try await comment.update(reports, run: Self.run(environment), through: client)
            }
            Terminal.output.write(outcome.rawValue)
        }
    }

    private func report(_ file: String) throws -> String {
        guard let bytes = FileManager.default.contents(atPath: file) else {
            throw Failure("'\(file.onOneLine)' cannot be read.")
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The address of the run.
    ///
    /// Source: docs.github.com/actions/reference/workflows-and-actions/variables#default-environment-variables
    private static func run(_ environment: UserEnvironment) -> String? {
        let parts = ["GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_RUN_ID"].compactMap(environment.value(for:))
        return parts.count == 3 ? "\(parts[0])/\(parts[1])/actions/runs/\(parts[2])" : nil
    }
}
