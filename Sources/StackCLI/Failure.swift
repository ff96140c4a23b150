import ArgumentParser
import Azure
import Deployment
import Packaging
import Images
import Planning
import StackGraph
import Supervisor

/// What went wrong, in words for a person, and the exit code that tells a program.
///
/// Codes: 1 failed, 64 wrong usage, 78 configuration or secrets missing, 130 interrupted; 64 and 78 as in `sysexits.h`.
struct Failure: Error, CustomStringConvertible, Equatable {
    var lines: [String]
    var code: Int32

    var description: String { lines.joined(separator: "\n") }

    static let configuration: Int32 = 78
    static let interrupted: Int32 = 130

    init(_ lines: String..., code: Int32 = 1) {
        self.init(lines: lines, code: code)
    }

    init(lines: [String], code: Int32) {
        self.lines = lines
        self.code = code
    }

    init(_ error: any Error) {
        switch error {
        case let failure as Failure: self = failure
        case let error as StackError: self = Self.unsound(error)
        case let error as LocalPlanError: self = Self.unprovided(error)
        case let error as StateError: self = Self.unusable(error)
        case let error as PortsTaken: self.init(error.holders)
        case let error as AzurePlaceError: self = Self.placeless(error)
        case let error as AzureError: self = Failure(problem: DeploymentProblem(error))
        case let error as CredentialError: self = Failure(problem: DeploymentProblem(error), code: Self.configuration)
        case let problem as DeploymentProblem: self = Failure(problem: problem)
        case let error as GitHubError: self = Failure(error)
        case let error as DeploymentError: self = Self.undeployed(error)
        case let error as PackageError: self.init(error)
        case let error as PublishingError: self.init(error)
        case let error as ImageError: self = .image(error)
        case is CancellationError: self.init("Interrupted.", code: Self.interrupted)
        default: self.init("\(error)")
        }
    }

    private static func unsound(_ error: StackError) -> Failure {
        let count = error.problems.count
        return Failure(
            lines: ["The stack has \(count == 1 ? "a problem" : "\(count) problems"):"]
                + error.problems.map { "  \($0)" },
            code: configuration
        )
    }

    private static func unprovided(_ error: LocalPlanError) -> Failure {
        Failure(
            lines: ["These secrets have no value:"] + error.missingSecrets.map { "  \($0)" }
                + ["Set them in the environment or in .env, and run the command again."],
            code: configuration
        )
    }

    private static func unusable(_ error: StateError) -> Failure {
        switch error {
        case .unwritable(let path):
            return Failure("'\(path)' cannot be written. Check who owns it and whether the disk is full.")
        case .unreadable(let path):
            return Failure("'\(path)' cannot be read. Remove it; it is made anew.", code: configuration)
        case .running(let processID):
            let process = processID.map { " (PID \($0))" } ?? ""
            return Failure("This stack already runs here\(process). See `infra status`; stop it with `infra down`.")
        }
    }

    private static func placeless(_ error: AzurePlaceError) -> Failure {
        let words =
            switch error {
            case .ambiguousSubscription([]):
                ["No subscription can be seen.", "Have somebody give you a role in one, or sign in as somebody else."]
            case .ambiguousSubscription(let names):
                ["There are \(names.count) subscriptions:"] + names.map { "  \($0.withoutControls)" }
                    + ["Choose one with --subscription ID or AZURE_SUBSCRIPTION_ID."]
            case .unknownSubscription(let name):
                [
                    "The subscription '\(name)' cannot be seen.",
                    "Check --subscription or AZURE_SUBSCRIPTION_ID, and who is signed in.",
                ]
            case .missingLocation(let group):
                [
                    "The resource group '\(group)' is new, and nobody said in which region to make it.",
                    "Say it with --location REGION or AZURE_LOCATION, such as westeurope.",
                ]
            case .unusableGroupName(let name):
                ["'\(name)' cannot be the name of a resource group.", "Choose another with --resource-group."]
            }
        return Failure(lines: words, code: configuration)
    }

    private static func undeployed(_ error: DeploymentError) -> Failure {
        switch error {
        case .locked(let holder?):
            Failure(
                "\(holder.name.onOneLine) has been deploying this stack since \(holder.since.onOneLine).",
                "Wait for longer with --lock-timeout, or end a lock that nobody holds any more with `infra lock release`."
            )
        case .locked(nil):
            Failure(
                "Somebody else deploys this stack.",
                "Wait for longer with --lock-timeout, or end a lock that nobody holds any more with `infra lock release`."
            )
        case .lockLost:
            Failure(
                "Somebody ended the lock of this deployment, so it stopped; what Azure works on goes on.",
                "Look at `infra lock status`, then run the command again: it takes up what still goes on."
            )
        case .interrupted:
            Failure("Interrupted before the first step: no resource was changed.", code: interrupted)
        case .deployedMeanwhile:
            Failure("Somebody has deployed the stack meanwhile, so its records and its resource group stay.")
        case .unsoundIdentifier(let text):
            Failure(
                "'\(text.onOneLine)' cannot be the identifier of a resource.",
                "Choose other names, or another --resource-group.",
                code: configuration
            )
        case .stuck(let id, let duration):
            Failure(
                "What another deployment began with \(ResourceName(id: id)) has not ended for \(Elapsed.words(duration)).",
                "Look at the resource in the portal; delete it there where it is stuck, then run the command again."
            )
        }
    }

    /// The codes of errors that say that the credentials or the subscription are the wrong ones.
    private static let placeCodes: Set = [
        "subscriptionnotfound", "invalidsubscriptionid", "invalidsubscription", "expiredauthenticationtoken",
        "invalidauthenticationtoken", "invalidauthenticationtokentenant", "invalidauthenticationtokenaudience",
        "authenticationfailed",
    ]

    /// What failed in Azure, what to do about it, and by what Azure's own logs find it.
    private init(problem: DeploymentProblem, code: Int32? = nil) {
        let place = [
            problem.request.isEmpty ? nil : problem.request, problem.requestID.map { "request id \($0)" },
            problem.correlationID.map { "correlation id \($0)" },
        ].compactMap(\.self)
        let isPlace = Self.placeCodes.contains(problem.code.lowercased())
        self.init(
            lines: ["\(problem.code): \(problem.message)".withoutControls, problem.remedy.withoutControls]
                + (place.isEmpty ? [] : ["  (\(place.joined(separator: "; ")))".withoutControls]),
            code: code ?? (isPlace ? Self.configuration : 1)
        )
    }

    init(_ conflicts: [PortHolder]) {
        let taken = conflicts.map { conflict in
            let holder = conflict.process.map { "\($0.name) (PID \($0.id))" } ?? "another process"
            return "Port \(conflict.port) is taken by \(holder)."
        }
        let advice = "Stop \(conflicts.count == 1 ? "it" : "them"), or choose other ports with --port-offset."
        self.init(lines: taken + [advice], code: 1)
    }
}

/// Runs a command; a failure goes to standard error and becomes the exit code.
func reportingFailures(_ body: () async throws -> Void) async throws {
    do {
        try await body()
    } catch let code as ExitCode {
        throw code
    } catch {
        let failure = Failure(error)
        Terminal.error.write(failure.description)
        throw ExitCode(failure.code)
    }
}
