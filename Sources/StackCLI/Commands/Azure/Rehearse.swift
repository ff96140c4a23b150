import ArgumentParser
import AzureSimulator
import Deployment
import Planning
import Rehearsal
import Settings
import StackModel
import SystemPackage

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Deploys to a simulated Azure.
struct Rehearse<Definition: StackDefinition>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "rehearse",
            abstract: "Deploy the stack to a simulated Azure on this machine, and say how that went.",
            discussion: """
                The simulator behaves like the parts of Azure that a deployment uses, and is stricter; its resources take \
                as long as real ones usually do, on a clock that goes faster. Secrets are made up, and so is \
                the code, unless --code says where it comes from. With --faults, requests are throttled, refused and cut off at random, in a way that follows from the seed.

                Exit codes: 0 the rehearsal passed; 1 it did not.
                """
        )
    }

    @OptionGroup var stage: StageOptions<Definition>
    @OptionGroup var code: CodeOptions
    @OptionGroup var colors: ColorOptions

    @Option(help: "Let things go wrong by chance; the number is the seed, and gives the same faults again.")
    var faults: UInt64?

    @Option(help: "How many simulated seconds pass in a real one, from 1 to 200.")
    var speed = 60.0

    @Option(help: "How to show progress: \(ProgressMode.allCases.map(\.rawValue).joined(separator: ", ")).")
    var output = ProgressMode.auto

    func validate() throws {
        guard (1...200).contains(speed) else { throw ValidationError("--speed must be from 1 to 200.") }
    }

    func run() async throws {
        try await reportingFailures {
            let environment = try await UserEnvironment()
            let palette = colors.palette(environment)
            let draft = FileManager.default.temporaryDirectory.appending(path: "slipway-\(UUID().uuidString)")
            defer { try? FileManager.default.removeItem(at: draft) }
            let stack = try await completed(
                AzureStack(rehearsing: try stage.stack().lowered(), stage: stage.stage, environment: environment),
                in: draft.path
            )
            try await SimulatedPlace.with(time: .accelerated(by: speed)) { configuration in
                configuration.requiresImages = code.code != .keep
                if let faults {
                    configuration.seed = faults
                    configuration.faults = .day(faults)
                }
            } _: { place in
                let waits = WaitRelay()
                try await place.withSession(group: stack.graph.name) { event in
                    waits.report(DeploymentEvent(event))
                } _: { session in
                    var change = AzureChange(
                        stack: stack,
                        goal: .program(only: nil),
                        approval: .changes(Consent(isAgreed: true, environment: environment.variables)),
                        mode: output.resolved(environment.variables, isTerminal: Terminal.output.isInteractive),
                        palette: palette,
                        environment: environment
                    )
                    change.pace = .milliseconds(100) * speed
                    let outcome = try await change.run(in: session, waits: waits)
                    try await judge(outcome, stack, place, session)
                }
            }
        }
    }

    /// The stack with its code, or with programs that stand in for it.
    private func completed(_ stack: AzureStack, in folder: String) async throws -> AzureStack {
        if let source = code.code { return try await stack.running(codeFrom: source) }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let program = FilePath("\(folder)/program")
        try Data(StandInProgram.bytes).write(to: URL(filePath: program.string))
        return stack.running(try await CodeBuild(of: stack.graph, in: folder).build { _ in program })
    }

    /// What the simulator saw, and whether a second run would find anything to do.
    private func judge(
        _ outcome: AzureChange.Outcome,
        _ stack: AzureStack,
        _ place: SimulatedPlace,
        _ session: AzureSession
    ) async throws {
        // What is fresh is not seen everywhere at once.
        try await place.time.clock.sleep(for: .seconds(60))
        let again = try await stack.deployment(in: session.afterDeployment).survey(for: .program(only: nil))
        let journal = await place.simulation.journal
        let count = outcome.survey.plan.steps.count
        let terminal = output == .json ? Terminal.error : Terminal.output
        guard again.isSettled else {
            throw Failure("The rehearsal failed: a second deployment would change \(again.plan.steps.count) resources.")
        }
        terminal.write("")
        terminal.write(
            "Rehearsal passed: \(count) resources, \(journal.requestCount) requests; a second deployment changes nothing."
        )
    }
}
