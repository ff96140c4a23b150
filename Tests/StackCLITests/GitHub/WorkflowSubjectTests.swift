import JSONText
import Testing

@testable import StackCLI

struct WorkflowSubjectTests {
    private static let path = "/repos/ada/harbour/actions/oidc/customization/sub"

    static let subjects: [(WorkflowSubject, String)] = [
        (.environment("production"), "environment:production"), (.environment("a:b"), "environment:a%3Ab"),
        (.branch("feature/x"), "ref:refs/heads/feature/x"), (.pullRequests, "pull_request"),
    ]

    @Test(arguments: subjects)
    func `the runs of a workflow are told apart as GitHub does`(row: (WorkflowSubject, String)) {
        #expect(row.0.text == row.1)
    }

    static let prefixes: [(JSON, String?)] = [
        (["use_default": true, "sub_claim_prefix": "repo:ada@1/harbour@2"], "repo:ada@1/harbour@2"),
        // Not having chosen it does not mean not to have it.
        (
            ["use_default": true, "use_immutable_subject": false, "sub_claim_prefix": "repo:ada@1/harbour@2"],
            "repo:ada@1/harbour@2"
        ),
        // A server of a company knows nothing of numbers.
        (["use_default": true], "repo:ada/harbour"),
        (["use_default": false, "include_claim_keys": ["actor"]], nil), (["no", "object"], nil),
    ]

    @Test(arguments: prefixes)
    func `GitHub says what tokens begin with`(row: (JSON, String?)) async throws {
        let repository = try #require(GitHubRepository("ada/harbour"))
        try await FakeGitHub.withClient(answering: [Self.path: row.0], token: nil) { _, client, _ in
            if let prefix = row.1 {
                let answer = try await client.subjectPrefix(of: repository)
                #expect(answer == prefix)
            } else {
                await #expect(throws: (any Error).self) { try await client.subjectPrefix(of: repository) }
            }
        }
    }
}
