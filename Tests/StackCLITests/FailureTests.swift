import ArgumentParser
import Azure
import Deployment
import Planning
import StackGraph
import Testing

@testable import StackCLI
@testable import Supervisor

struct FailureTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let error: any Error
        let words: String
        let code: Int32
        var testDescription: String { words }
    }

    private struct Odd: Error, CustomStringConvertible { let description = "odd" }

    private static let twin = Problem.duplicateName(ResourceID("jobs"))

    static let rows = [
        Row(
            error: StackError(problems: [twin]),
            words: """
                The stack has a problem:
                  The stack names 'jobs' twice. Give one of the two another name.
                """,
            code: 78
        ),
        Row(
            error: StackError(problems: [twin, twin]),
            words: """
                The stack has 2 problems:
                  The stack names 'jobs' twice. Give one of the two another name.
                  The stack names 'jobs' twice. Give one of the two another name.
                """,
            code: 78
        ),
        Row(
            error: LocalPlanError(missingSecrets: ["API_KEY", "OTHER_KEY"]),
            words: """
                These secrets have no value:
                  API_KEY
                  OTHER_KEY
                Set them in the environment or in .env, and run the command again.
                """,
            code: 78
        ),
        Row(
            error: StateError.unwritable(path: "a/b"),
            words: "'a/b' cannot be written. Check who owns it and whether the disk is full.",
            code: 1
        ),
        Row(
            error: StateError.unreadable(path: "a/b"),
            words: "'a/b' cannot be read. Remove it; it is made anew.",
            code: 78
        ),
        Row(
            error: StateError.running(processID: 12),
            words: "This stack already runs here (PID 12). See `infra status`; stop it with `infra down`.",
            code: 1
        ),
        Row(
            error: StateError.running(processID: nil),
            words: "This stack already runs here. See `infra status`; stop it with `infra down`.",
            code: 1
        ),
        Row(error: Failure.nothingRuns, words: "Nothing runs here. Start it with `infra up`.", code: 1),
        Row(error: Failure("first", "second", code: 64), words: "first\nsecond", code: 64),
        Row(
            error: Failure([PortHolder(port: 8000, process: .init(id: 7, name: "nginx"))]),
            words: """
                Port 8000 is taken by nginx (PID 7).
                Stop it, or choose other ports with --port-offset.
                """,
            code: 1
        ),
        Row(
            error: Failure([
                PortHolder(port: 8000, process: .init(id: 7, name: "nginx")), PortHolder(port: 7071, process: nil),
            ]),
            words: """
                Port 8000 is taken by nginx (PID 7).
                Port 7071 is taken by another process.
                Stop them, or choose other ports with --port-offset.
                """,
            code: 1
        ),
        Row(error: Odd(), words: "odd", code: 1),
        Row(
            error: AzurePlaceError.ambiguousSubscription(["One (1)", "Two\u{1B}[2J (2)"]),
            words: """
                There are 2 subscriptions:
                  One (1)
                  Two (2)
                Choose one with --subscription ID or AZURE_SUBSCRIPTION_ID.
                """,
            code: 78
        ),
        Row(
            error: AzurePlaceError.ambiguousSubscription([]),
            words: """
                No subscription can be seen.
                Have somebody give you a role in one, or sign in as somebody else.
                """,
            code: 78
        ),
        Row(
            error: AzurePlaceError.unknownSubscription("5"),
            words: """
                The subscription '5' cannot be seen.
                Check --subscription or AZURE_SUBSCRIPTION_ID, and who is signed in.
                """,
            code: 78
        ),
        Row(
            error: AzurePlaceError.missingLocation(group: "stack"),
            words: """
                The resource group 'stack' is new, and nobody said in which region to make it.
                Say it with --location REGION or AZURE_LOCATION, such as westeurope.
                """,
            code: 78
        ),
        Row(
            error: AzurePlaceError.unusableGroupName("a/b"),
            words: """
                'a/b' cannot be the name of a resource group.
                Choose another with --resource-group.
                """,
            code: 78
        ),
        Row(
            error: DeploymentProblem(
                code: "SkuNotAvailable",
                message: "Not in\u{1B}[31m westeurope.",
                request: "PUT /x",
                requestID: "r1",
                remedy: "Choose another region."
            ),
            words: """
                SkuNotAvailable: Not in westeurope.
                Choose another region.
                  (PUT /x; request id r1)
                """,
            code: 1
        ),
        Row(
            error: DeploymentProblem(code: "SubscriptionNotFound", message: "No.", request: "", remedy: "Look."),
            words: "SubscriptionNotFound: No.\nLook.",
            code: 78
        ),
        Row(
            error: CredentialError.unavailable(source: "the Azure CLI", because: "`az` failed"),
            words: """
                NotSignedIn: no token from the Azure CLI: `az` failed
                Sign in with `az login`, or set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET; in GitHub \
                Actions, give the job `permissions: id-token: write` and the first two.
                  (sign in to Azure)
                """,
            code: 78
        ),
    ]

    @Test(arguments: rows)
    func `an error becomes words for a person and a code for a program`(row: Row) {
        let failure = Failure(row.error)
        #expect(failure.description == row.words)
        #expect(failure.code == row.code)
    }

    @Test func `a command ends with the code of its failure, and keeps one that is chosen`() async {
        await #expect(throws: ExitCode(78)) {
            try await reportingFailures { throw LocalPlanError(missingSecrets: ["A_KEY"]) }
        }
        await #expect(throws: ExitCode(130)) { try await reportingFailures { throw ExitCode(130) } }
        await #expect(throws: Never.self) { try await reportingFailures {} }
    }
}
