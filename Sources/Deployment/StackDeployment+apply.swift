import Azure
import Engine
import JSONText
import Planning
import Renderers
import Settings

extension StackDeployment {
    /// Carries out the plan of a survey, under the lock.
    ///
    /// What is going to be written is noted in the ledger first, so that a run that is killed leaves nothing behind that
    /// nobody knows of.
    ///
    /// - Parameters:
    ///   - survey: What there is to do; made under the lock.
    ///   - terms: Who, and how.
    ///   - interrupted: Returns when somebody interrupts the steps.
    ///   - confirm: Confirms that the lock still holds.
    ///   - report: Is told what happens.
    /// - Returns: How it ended; failures of steps are in there.
    /// - Throws: Errors of the ledger and of the lock, before the first and after the last step.
    func apply(
        _ survey: Survey,
        _ terms: Terms,
        interrupted: @escaping @Sendable () async -> Interruption?,
        confirm: @Sendable () async throws -> Void,
        report: @escaping @Sendable (DeploymentEvent) -> Void
    ) async throws -> DeploymentSummary {
        let store = LiveStore(survey.live)
        let secrets = Array(secrets(of: survey).values)
        let delivery = places(for: survey.goal).map {
            CodeDelivery(places: $0, session: session, store: store, known: survey.live, report: report)
        }
        try await ledger.write(record(of: survey.desired, after: survey, .applying, terms))
        let run = PlanRun(
            plan: survey.plan,
            runner: StepRunner(
                session: session,
                store: store,
                softDeleted: terms.softDeleted,
                secrets: secrets,
                delivery: delivery,
                body: body(for: survey, store),
                report: report
            )
        )
        var summary = await run.carryOut(on: session.connection.time.clock, interrupted: interrupted)
        let parameters = survey.fingerprints.merging(survey.images) { secret, _ in secret }
        let resolver = resolver(parameters) { store.property($0, of: $1) }
        if summary.isComplete {
            let desired = try self.desired(for: survey.goal, resolver)
            try await confirm()
            try await ledger.write(record(of: desired, after: survey, .applied, terms))
        }
        summary.outputs = survey.desired.isEmpty ? [] : template.outputs(by: resolver)
        return summary
    }

    private func record(
        of desired: [DesiredResource],
        after survey: Survey,
        _ state: DeploymentRecord.State,
        _ terms: Terms
    ) -> DeploymentRecord {
        DeploymentRecord(
            version: (survey.records.last?.version ?? 0) + 1,
            state: state,
            stack: template.stack,
            program: terms.programVersion,
            author: terms.author,
            moment: terms.startedAt,
            group: session.scope.identifier,
            unfinished: state == .applied ? [] : survey.records.map(\.version),
            resources: survey.recorded(desired),
            packages: survey.packages
        )
    }

    /// What a request for a resource carries at the moment of sending: now all that it refers to is there.
    private func body(for survey: Survey, _ store: LiveStore) -> @Sendable (String) throws -> JSON {
        let parameters = secrets(of: survey).mapValues(\.unsafeRevealed).merging(survey.images) { secret, _ in secret }
        let resolver = resolver(parameters) { store.property($0, of: $1) }
        let desired = Dictionary(survey.desired.map { ($0.id.lowercased(), $0) }) { first, _ in first }
        let resources = Dictionary(
            template.resources.compactMap { resource in
                identifiers[resource.symbol].map { ($0.lowercased(), resource) }
            }
        ) { first, _ in first }
        let isOfProgram = survey.goal.isOfProgram
        return { id in
            guard let wanted = desired[id.lowercased()] else { throw DeploymentError.unsoundIdentifier(id) }
            let body =
                if isOfProgram, let resource = resources[id.lowercased()] {
                    try resolver.body(of: resource)
                } else {
                    try wanted.body.json()
                }
            guard let live = store[id] else { return body }
            let tagged = ForeignTags.kept(in: body, of: live, applied: survey.applied[id]?.body)
            return IrrevocableProperties.kept(in: tagged, of: live, wanted.type)
        }
    }
}
