import ArgumentParser
import Deployment
import StackModel

/// Shows and ends the lock of deployments.
struct LockCommand<Definition: StackDefinition>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "lock",
            abstract: "Show who deploys the stack to Azure now, or end a lock that nobody holds any more.",
            subcommands: [Show.self, Release.self]
        )
    }

    struct Show: AsyncParsableCommand {
        static var configuration: CommandConfiguration {
            CommandConfiguration(commandName: "status", abstract: "Show who deploys the stack to Azure now.")
        }

        @OptionGroup var stage: StageOptions<Definition>
        @OptionGroup var azure: AzureOptions

        func run() async throws {
            try await reportingFailures {
                try await azure.withLock(of: stage) { lock in
                    switch try await lock.status() {
                    case .free: Terminal.output.write("Nobody deploys this stack now.")
                    case .held(let holder?):
                        Terminal.output.write(
                            "\(holder.name.onOneLine) has been deploying since \(holder.since.onOneLine)."
                        )
                    case .held(nil): Terminal.output.write("Somebody deploys this stack now.")
                    }
                }
            }
        }
    }

    struct Release: AsyncParsableCommand {
        static var configuration: CommandConfiguration {
            CommandConfiguration(
                commandName: "release",
                abstract: "End the lock, whoever holds it.",
                discussion: """
                    A deployment that died loses its lock after a minute by itself. One that still runs stops when it \
                    finds its lock gone.
                    """
            )
        }

        @OptionGroup var stage: StageOptions<Definition>
        @OptionGroup var azure: AzureOptions

        func run() async throws {
            try await reportingFailures {
                try await azure.withLock(of: stage) { lock in
                    guard try await lock.status() != .free else {
                        return Terminal.output.write("Nobody deploys this stack now; there was nothing to end.")
                    }
                    try await lock.breakLease()
                    Terminal.output.write("The lock has ended.")
                }
            }
        }
    }
}

extension AzureOptions {
    fileprivate func withLock<Definition>(
        of stage: StageOptions<Definition>,
        _ body: (DeploymentLock) async throws -> Void
    ) async throws {
        let environment = try await UserEnvironment()
        let stack = AzureStack(try stage.stack().lowered(), stage: stage.stage, environment: environment)
        try await withDeployment(of: stack.graph, in: environment) { session, _ in
            try await body(stack.deployment(in: session).lock)
        }
    }
}
