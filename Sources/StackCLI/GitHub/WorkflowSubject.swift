import JSONText
import NIOHTTP1

/// Which runs of a repository's workflows: those in an environment, on a branch, or of pull requests.
enum WorkflowSubject: Sendable, Hashable {
    case environment(String)
    case branch(String)
    case pullRequests

    /// What stands in their tokens after the name of the repository.
    ///
    /// Source: docs.github.com/actions/reference/security/oidc#example-subject-claims
    var text: String {
        switch self {
        // A colon in a name would end it.
        case .environment(let name): "environment:\(name.replacing(":", with: "%3A"))"
        case .branch(let name): "ref:refs/heads/\(name)"
        case .pullRequests: "pull_request"
        }
    }
}

extension GitHubClient {
    /// What the tokens of a repository's workflows begin with.
    ///
    /// Repositories that were made or renamed after 15 July 2026, or have chosen so, have their numbers in it:
    /// `repo:ada@1815/harbour@1843`. Which of both it is only GitHub knows, and a guess would let nobody in, or, once a
    /// name belongs to somebody else, the wrong ones.
    ///
    /// Source: docs.github.com/actions/reference/security/oidc#immutable-subject-claims
    ///
    /// - Throws: ``Failure`` where the repository has a template of its own for them; ``GitHubError``.
    func subjectPrefix(of repository: GitHubRepository) async throws -> String {
        let path = "\(repository.path)/actions/oidc/customization/sub"
        guard let answer = try await patiently({ try await send(.GET, path) }), answer.members != nil else {
            throw GitHubError.unreadable(request: "GET \(path)")
        }
        guard answer["use_default"]?.bool != false else {
            throw Failure(
                "The workflows of \(repository.text) have a template of their own for the subject of their tokens.",
                "Give the whole subject with --subject.",
                code: Failure.configuration
            )
        }
        let prefix = answer["sub_claim_prefix"]?.string ?? ""
        return prefix.isEmpty ? "repo:\(repository.text)" : prefix
    }
}
