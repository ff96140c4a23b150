import ArgumentParser
import Deployment
import StackGraph
import StackModel

/// Sets up in Azure what a workflow needs to deploy the stack.
struct PipelineInit<Definition: StackDefinition>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "init",
            abstract: "Let the workflows of a repository of GitHub deploy the stack, without a password.",
            discussion: """
                An identity is made, the tokens of the chosen runs are trusted, and the identity is given the roles that \
                `infra up` needs: Contributor, and the right to give programs the roles that stacks give, no others. \
                What is there stays; a second run changes nothing. At the end it is told what to put into GitHub.

                GitHub is asked what the tokens of the repository begin with; for private repositories that takes a \
                token in GH_TOKEN or GITHUB_TOKEN.
                """
        )
    }

    @Option(help: "The repository: OWNER/NAME.")
    var repository: String

    @Option(help: "Trust runs in this environment of GitHub; by default the one named like the stage.")
    var environment: String?

    @Option(help: "Trust runs on this branch.")
    var branch: String?

    @Flag(help: "Trust runs of pull requests; their identity may only read.")
    var pullRequests = false

    @Option(help: "The whole subject of the tokens to trust, where GitHub shall not be asked.")
    var subject: String?

    @Flag(help: "Give the roles in the whole subscription, and not in the resource group alone.")
    var wholeSubscription = false

    @Option(help: "The name of the identity; by default that of the stack, and what it is for.")
    var identity: String?

    @OptionGroup var stage: StageOptions<Definition>
    @OptionGroup var azure: AzureOptions

    @Flag(name: .shortAndLong, help: "Ask nothing, and do it.")
    var yes = false

    func validate() throws {
        guard GitHubRepository(repository) != nil else { throw ValidationError("--repository must be OWNER/NAME.") }
        guard [environment != nil, branch != nil, pullRequests].count(where: { $0 }) < 2 else {
            throw ValidationError("--environment, --branch and --pull-requests name different runs. Choose one.")
        }
        for (name, value) in [("environment", environment), ("branch", branch), ("subject", subject)] {
            guard value.map({ !$0.isEmpty && $0.onOneLine == $0 && $0.utf8.count <= 500 }) ?? true else {
                throw ValidationError("--\(name) must be one line of text.")
            }
        }
    }

    func run() async throws {
        try await reportingFailures {
            let environment = try await UserEnvironment()
            guard let repository = GitHubRepository(repository) else { throw ExitCode.validationFailure }
            let stack = AzureStack(try stage.stack().lowered(), stage: stage.stage, environment: environment)
            let access = PipelineAccess(
                pullRequests ? .previews : .deployments,
                identity: identity ?? "\(stack.graph.name)-\(pullRequests ? "previews" : "deployments")",
                subject: try await wholeSubject(of: repository, environment),
                isSubscriptionWide: wholeSubscription
            )
            try await azure.withSession(for: stack.graph.name, in: environment) { session in
                let setup = try PipelineSetup(access, of: stack.template, in: session)
                let plan = try await setup.plan()
                for line in PipelineView.lines(plan, access) { Terminal.output.write(line) }
                if !plan.steps.isEmpty {
                    try await Consent(isAgreed: yes, environment: environment.variables)
                        .change("Set this up?", ofNobody: "Review what would be set up")
                }
                let identity = try await setup.apply(plan) { Terminal.output.write("\(PipelineView.words($0)) …") }
                let settings = WorkflowSettings(
                    repository: repository,
                    runs: runs,
                    identity: identity,
                    scope: session.scope,
                    stack: stack.graph
                )
                for line in settings.lines { Terminal.output.write(line) }
            }
        }
    }

    private var runs: WorkflowSubject {
        if pullRequests { return .pullRequests }
        return branch.map { .branch($0) } ?? .environment(environment ?? stage.stage)
    }

    private func wholeSubject(
        of repository: GitHubRepository,
        _ environment: UserEnvironment
    ) async throws -> String {
        if let subject { return subject }
        do {
            return try await GitHubClient.with(environment) { client in
                "\(try await client.subjectPrefix(of: repository)):\(runs.text)"
            }
        } catch let error as GitHubError {
            var failure = Failure(error)
            failure.lines.append("A private repository takes a token in GH_TOKEN; --subject asks nobody.")
            throw failure
        }
    }
}
