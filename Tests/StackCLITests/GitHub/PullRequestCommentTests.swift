import JSONText
import TestInstruments
import Testing

@testable import StackCLI

struct PullRequestCommentTests {
    private static let robot = "github-actions[bot]"

    private func comment(_ name: String = "preview") throws -> PullRequestComment {
        let repository = try #require(GitHubRepository("ada/harbour"))
        return PullRequestComment(repository: repository, number: 7, name: name, author: Self.robot)
    }

    @Test func `a comment is written once and kept up to date`() async throws {
        let comment = try comment()
        let other = try self.comment("other")
        try await FakeGitHub.withClient { github, client, _ in
            let outcomes = [
                try await comment.update(["# One"], run: nil, through: client),
                try await comment.update(["# One"], run: nil, through: client),
                try await comment.update(["# Two"], run: nil, through: client),
                try await other.update(["# Three"], run: nil, through: client),
            ]
            #expect(outcomes == [.written, .unchanged, .changed, .written])
            #expect(
                github.all.map(\.body) == [
                    "<!-- infra: preview -->\n\n# Two\n", "<!-- infra: other -->\n\n# Three\n",
                ]
            )
        }
    }

    @Test func `it is found behind many others, and those of people are left alone`() async throws {
        let comment = try comment()
        let mark = "<!-- infra: preview -->\n"
        var comments = (1...250).map { FakeGitHub.Comment(id: $0, author: "ada", body: $0 == 3 ? mark : "hello") }
        comments.append(.init(id: 900, author: Self.robot, body: "quoted: \(mark)"))
        comments.append(.init(id: 901, author: Self.robot, body: "\(mark)\nold\n"))
        try await FakeGitHub.withClient(comments) { [comments] github, client, _ in
            let outcome = try await comment.update(["new"], run: nil, through: client)
            #expect(outcome == .changed)
            #expect(github.all.dropLast() == comments.dropLast())
            #expect(github.all.last?.body == "\(mark)\nnew\n")
        }
    }

    @Test func `an answer that got lost leaves no second comment`() async throws {
        let comment = try comment()
        let faults: [FakeGitHub.Fault] = [
            .init(status: 0), .init(status: 502, isLate: true), .init(status: 429, wait: 7),
            .init(status: 403, wait: 60),
        ]
        try await FakeGitHub.withClient(failing: faults) { github, client, clock in
            let outcome = try await comment.update(["x"], run: nil, through: client)
            #expect(outcome == .unchanged)
            #expect(github.all.count == 1)
            #expect(clock.sleeps == [.seconds(1), .seconds(7), .seconds(60)])
        }
    }

    @Test func `a refusal that is final is told at once, without the token`() async throws {
        let comment = try comment()
        try await FakeGitHub.withClient(failing: [.init(status: 403)]) { _, client, clock in
            let error = await #expect(throws: GitHubError.self) {
                try await comment.update(["x"], run: nil, through: client)
            }
            let failure = Failure(try #require(error))
            #expect(failure.lines.first == "GitHub answered 403: not now (GET \(FakeGitHub.comments))")
            #expect(clock.sleeps.isEmpty)
        }
        try await FakeGitHub.withClient(token: "wrong") { _, client, _ in
            let error = await #expect(throws: GitHubError.self) {
                try await comment.update(["x"], run: nil, through: client)
            }
            let failure = Failure(try #require(error))
            #expect(failure.code == 78)
            #expect(!failure.description.contains("wrong"))
        }
    }

    @Test func `an outage is waited for, and not for ever`() async throws {
        let comment = try comment()
        let faults = Array(repeating: FakeGitHub.Fault(status: 503), count: 20)
        try await FakeGitHub.withClient(failing: faults) { github, client, clock in
            await #expect(throws: GitHubError.self) { try await comment.update(["x"], run: nil, through: client) }
            #expect(github.requests.count == 5)
            #expect(clock.sleeps == [1, 2, 4, 8].map { .seconds($0) })
        }
        try await FakeGitHub.withClient(failing: [.init(status: 429, wait: 3600)]) { _, client, clock in
            await #expect(throws: GitHubError.self) { try await comment.update(["x"], run: nil, through: client) }
            #expect(clock.sleeps.isEmpty)
        }
    }

    @Test func `a report that does not fit stays out whole, and the others stay`() throws {
        let long = String(repeating: "é", count: 40_000)
        let run = "https://github.example/ada/harbour/actions/runs/1"
        let text = try comment().text(of: ["first", long, "last"], run: run)
        #expect(text.utf8.count <= PullRequestComment.byteLimit)
        #expect(!text.contains("é"))
        #expect(text.contains("first") && text.contains("last"))
        #expect(text.contains("A report is too long for a comment; it is in the [summary of the run](\(run))."))
        let fitting = try comment().text(of: [String(repeating: "x", count: 65_000)], run: run)
        #expect(fitting.contains("xxx"))
        let many = try comment().text(of: Array(repeating: String(repeating: "x", count: 20_000), count: 9), run: run)
        #expect(many.utf8.count <= PullRequestComment.byteLimit)
    }

    @Test(arguments: ["", "ada", "ada/", "/harbour", "ada/harbour/x", "ada/..", "a da/x", "ada/x?y", "ada/x%2f"])
    func `what is no repository is refused`(text: String) {
        #expect(GitHubRepository(text) == nil)
    }

    @Test func `a token goes to no address that can be overheard`() async throws {
        try await FakeGitHub.withClient { _, _, _ in }
        let environment = UserEnvironment(
            variables: ["GITHUB_API_URL": "http://api.github.com", "GITHUB_TOKEN": "x"],
            file: EnvironmentFile([])
        )
        await #expect(throws: Failure.self) { try await GitHubClient.with(environment) { _ in } }
    }
}
