import ArgumentParser
import Azure
import Deployment
import JSONText
import Planning
import Settings
import StackGraph
import Synchronization
import UnixSignals

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A change of a stack in Azure as a command: plans, shows, asks, carries out, and tells how it ended.
struct AzureChange: Sendable {
    /// What a person types, or a workflow says, to let it happen.
    enum Approval: Sendable {
        case changes(Consent)
        case removal(Consent)
        /// Exactly this plan, and no question.
        case saved(SavedPlan)
    }

    var stack: AzureStack
    let goal: StackDeployment.Goal
    let approval: Approval
    let mode: ProgressMode
    let palette: Palette
    let environment: UserEnvironment
    var softDeleted = SoftDeletedNames.recover
    var lockTimeout = Duration.seconds(600)
    /// The shortest time between two drawings of progress, on the session's clock.
    var pace = Duration.milliseconds(100)

    /// How it ended: what there was to do, and what came of it.
    struct Outcome: Sendable {
        let survey: Survey
        /// `nil` where there was nothing to do.
        let summary: DeploymentSummary?
    }

    /// Does it, and tells it; what is not progress of its own JSON form goes to standard error there.
    ///
    /// - Parameters:
    ///   - session: Where.
    ///   - waits: The waits of the client, which progress shows from the first step on.
    /// - Returns: How it ended.
    /// - Throws: ``Failure``, errors of Azure, `ExitCode` 1 and 130 where steps failed or were interrupted.
    @discardableResult
    func run(in session: AzureSession, waits: WaitRelay) async throws -> Outcome {
        try await run(in: session, waits, by: session.connection.time.clock)
    }

    private func run<Time: Clock<Duration>>(
        in session: AzureSession,
        _ waits: WaitRelay,
        by clock: Time
    ) async throws -> Outcome {
        tell(masks)
        let (deployment, survey) = try await self.survey(in: session)
        guard !survey.isSettled else {
            tell(PlanView(palette: palette, valueLimit: 80).lines(survey.plan))
            if case .saved(let saved) = approval { try check(survey, against: saved, in: session) }
            StepSummary(environment.variables).append {
                PlanMarkdown.text(survey.plan, of: subject(session), byteLimit: $0)
            }
            if mode == .json, goal.isOfProgram { write(deployment.outputs(of: survey), at: .zero) }
            return Outcome(survey: survey, summary: nil)
        }
        try await show(survey, of: deployment)
        try await approve(survey, in: session)
        let display = ProgressDisplay(
            survey.plan,
            title: "\(stack.graph.name) → \(session.scope.resourceGroup)",
            mode: mode,
            palette: palette,
            clock: clock,
            pace: pace
        )
        waits.connect { display.report($0) }
        let interruptions = Interruptions()
        let done = try await interruptions.watching(
            display,
            Consent(isAgreed: false, environment: environment.variables)
        ) {
            try await display.run {
                try await deployment.deploy(
                    goal,
                    shown: survey,
                    terms,
                    interrupted: { await interruptions.next() },
                    report: { event in
                        interruptions.note(event)
                        display.report(event)
                    },
                    approve: { fresh in
                        try await display.quiet {
                            tell(["", "It has become another plan meanwhile:"])
                            try await show(fresh, of: deployment)
                            try await approve(fresh, in: session)
                        }
                        return true
                    }
                )
            }
        }
        guard let done else { return Outcome(survey: survey, summary: nil) }
        try conclude(done.survey, done.summary)
        return Outcome(survey: done.survey, summary: done.summary)
    }

    // MARK: Before

    /// Finds out, before code is built for minutes, what would stop the change after that.
    ///
    /// - Throws: ``Failure`` where secrets or consent cannot be had, errors of Azure.
    func checkBeforehand(in session: AzureSession) async throws {
        let (_, survey) = try await survey(in: session)
        if case .changes(let consent) = approval, !survey.plan.isEmpty { try consent.canBeGiven() }
    }

    /// What there is to do; secrets that nobody has to know are made up where Azure has none.
    private func survey(in session: AzureSession) async throws -> (StackDeployment, Survey) {
        let spares = stack.makingUp()
        if isGitHub { tell(WorkflowCommand.masks(spares.values)) }
        let deployment = try stack.deployment(in: session, spares: spares)
        let survey = try await deployment.survey(for: goal)
        guard survey.plan.missingSecrets.isEmpty else { throw Failure(missingSecrets: survey.plan.missingSecrets) }
        return (deployment, survey)
    }

    private func show(_ survey: Survey, of deployment: StackDeployment) async throws {
        let target = try await deployment.target(of: survey)
        tell(PlanView(palette: palette, valueLimit: 80).lines(survey.plan))
        guard survey.plan.refusals.isEmpty else { throw Failure(survey.plan.refusals) }
        let lost = try await deployment.strangersLost(by: survey)
        if !lost.isEmpty {
            tell(["", "Others have put these into them, and they are lost, too:"])
            tell(lost.map { "  \(ResourceName(id: $0))" })
        }
        let reach = survey.desired.isEmpty ? nil : target.publicResources
        tell([""] + DeploymentBanner(palette: palette).lines(target, stage: stack.stage, reach: reach) + [""])
    }

    private func approve(_ survey: Survey, in session: AzureSession) async throws {
        guard !survey.plan.isEmpty else { return }
        switch approval {
        case .changes(let consent): try await consent.apply()
        case .removal(let consent): try await consent.remove(stack.graph.name)
        case .saved(let saved): try check(survey, against: saved, in: session)
        }
    }

    private func check(_ survey: Survey, against saved: SavedPlan, in session: AzureSession) throws {
        let fresh = SavedPlan(survey, of: subject(session), stack: stack)
        let differences = saved.differences(from: fresh)
        guard differences.isEmpty else { throw Failure(differences, since: saved.saved) }
    }

    /// Makes sure that a saved plan is one for this stack and place.
    ///
    /// - Throws: ``Failure``
    func check(_ saved: SavedPlan, in file: String, _ session: AzureSession) throws {
        do { try saved.check(subject(session)) } catch { throw Failure(error, in: file) }
    }

    func subject(_ session: AzureSession) -> PlanSubject {
        PlanSubject(stack: stack.graph.name, stage: stack.stage, scope: session.scope)
    }

    var terms: StackDeployment.Terms {
        var terms = StackDeployment.Terms(
            author: environment.author,
            programVersion: stack.graph.version,
            startedAt: Date().ISO8601Format()
        )
        terms.softDeleted = softDeleted
        terms.lockTimeout = lockTimeout
        return terms
    }

    // MARK: After

    private func conclude(_ survey: Survey, _ summary: DeploymentSummary) throws {
        let names = survey.plan.names
        if mode == .json { write(summary.outputs, at: summary.elapsed) }
        tell([""] + DeploymentEnding(palette: palette).lines(summary, names))
        StepSummary(environment.variables).append {
            DeploymentMarkdown.text(summary, names, stack: stack.graph.name, byteLimit: $0)
        }
        guard summary.exitCode == 0 else { throw ExitCode(summary.exitCode) }
    }

    private func write(_ outputs: [DeploymentOutput], at time: Duration) {
        for output in outputs { Terminal.output.write(EventJSON.object(output, at: time).text) }
    }

    private func tell(_ lines: [String]) {
        let terminal = mode == .json ? Terminal.error : Terminal.output
        for line in lines { terminal.write(line) }
    }

    private var isGitHub: Bool { environment.variables["GITHUB_ACTIONS"] == "true" }

    /// What must come before all else in a workflow, so that no line after it shows a secret.
    private var masks: [String] { isGitHub ? WorkflowCommand.masks(stack.secrets.values) : [] }
}

extension SavedPlan {
    /// Reads a plan that somebody saved.
    ///
    /// - Throws: ``Failure`` where the file cannot be read, or is no such plan.
    init(file: String) throws {
        guard let text = try? String(contentsOfFile: file, encoding: .utf8) else {
            throw Failure("'\(file)' cannot be read. Save a plan with `infra preview --save FILE`.", code: 78)
        }
        do { try self.init(reading: text) } catch { throw Failure(error, in: file) }
    }

    init(_ survey: Survey, of subject: PlanSubject, stack: AzureStack) {
        self.init(
            survey.plan,
            of: subject,
            at: Date(),
            fingerprints: survey.hasLastingKey ? survey.fingerprints : [:]
        )
    }
}

extension UserEnvironment {
    /// Who runs this, for the ledger and for those who wait: the actor of a workflow, or the user.
    var author: String {
        if let actor = value(for: "GITHUB_ACTOR") {
            return value(for: "GITHUB_SHA").map { "\(actor) (\($0.prefix(12)))" } ?? actor
        }
        return value(for: "USER") ?? value(for: "LOGNAME") ?? "somebody"
    }
}

extension Failure {
    /// All secrets that are missing, with the ways to set them.
    init(missingSecrets names: [String]) {
        self.init(
            lines: ["These secrets have no value:"] + names.map { "  \($0)" }
                + ["Set them in the environment or with `infra secrets set NAME`, and run the command again."],
            code: Self.configuration
        )
    }

    /// What protected resources would lose.
    init(_ refusals: [Plan.Refusal]) {
        self.init(
            lines: ["Nothing was done, because protected resources would be lost:"]
                + refusals.map { refusal in
                    let forcing = refusal.because.map(\.description).joined(separator: ", ")
                    return "  \(ResourceName(id: refusal.id)): \(refusal.loss.rawValue)"
                        + (forcing.isEmpty ? "" : ", because of \(forcing)")
                }
                + ["Set `protect: false`, run `infra up` for that alone, and then make the change."],
            code: 1
        )
    }
}
