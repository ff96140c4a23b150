import JSONText
import NIOHTTP1

/// The one comment of a pull request in which reports are kept up to date.
///
/// It begins with a line that nobody sees and that tells it from all others. Only comments of one author count: a token
/// that may write comments may write those of others, too.
struct PullRequestComment: Sendable {
    /// GitHub takes 65,536 characters, and no character has less than a byte.
    static let byteLimit = 65_536

    private static let pageSize = 100
    /// More pages than any pull request has.
    private static let pageLimit = 1000

    enum Outcome: String, Sendable, Hashable {
        case written = "Wrote the comment."
        case changed = "Brought the comment up to date."
        case unchanged = "The comment is up to date."
    }

    let repository: GitHubRepository
    let number: Int
    /// What tells it from other comments of the same author.
    let name: String
    let author: String

    /// Brings the comment up to date, and writes it where there is none.
    ///
    /// - Parameters:
    ///   - reports: Its texts, in Markdown.
    ///   - run: The address of the run, whose summary has what is too long for a comment.
    ///   - client: The way to GitHub.
    /// - Returns: What was done.
    /// - Throws: ``GitHubError``, `CancellationError`.
    func update(_ reports: [String], run: String?, through client: GitHubClient) async throws -> Outcome {
        let body = text(of: reports, run: run)
        // An answer that got lost is no harm: what it was about is found when this begins again.
        return try await client.patiently {
            guard let old = try await existing(client) else {
                _ = try await client.send(.POST, path, ["body": .string(body)])
                return .written
            }
            guard old.body != body else { return .unchanged }
            _ = try await client.send(.PATCH, "\(repository.path)/issues/comments/\(old.id)", ["body": .string(body)])
            return .changed
        }
    }

    private var path: String { "\(repository.path)/issues/\(number)/comments" }

    private var mark: String { "<!-- infra: \(name) -->" }

    /// The comment that is there, looked for page by page.
    ///
    /// Source: docs.github.com/rest/issues/comments#list-issue-comments
    private func existing(_ client: GitHubClient) async throws -> (id: Int, body: String)? {
        for page in 1...Self.pageLimit {
            let query = [(name: "per_page", value: "\(Self.pageSize)"), (name: "page", value: "\(page)")]
            guard let comments = try await client.send(.GET, path, query: query)?.array else {
                throw GitHubError.unreadable(request: "GET \(path)")
            }
            for comment in comments where comment["user"]?["login"]?.string == author {
                guard let id = comment["id"]?.integer, let body = comment["body"]?.string, body.hasPrefix(mark) else {
                    continue
                }
                return (id, body)
            }
            if comments.count < Self.pageSize { return nil }
        }
        return nil
    }

    /// The comment; a report that is too long for what is left of it stays out, whole.
    func text(of reports: [String], run: String?) -> String {
        let place = run.map { "the [summary of the run](\($0))" } ?? "the summary of the run"
        let omission = "\nA report is too long for a comment; it is in \(place).\n"
        let end = run == nil ? "" : "\nWritten by [this run](\(run ?? "")).\n"
        var text = "\(mark)\n"
        var room = Self.byteLimit - text.utf8.count - end.utf8.count - reports.count * omission.utf8.count
        for report in reports {
            let isFitting = report.utf8.count + 2 <= room
            if isFitting { room -= report.utf8.count + 2 }
            text += isFitting ? "\n\(report)\n" : omission
        }
        return text + end
    }
}
