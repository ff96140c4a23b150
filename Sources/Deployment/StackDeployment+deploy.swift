import Azure
package import Planning

extension StackDeployment {
    /// What a change needs to know beside the plan.
    package struct Terms: Sendable {
        /// Who deploys, for the ledger and for those who wait for the lock.
        package var author: String
        package var programVersion: String
        package var startedAt: String
        package var softDeleted = SoftDeletedNames.recover
        /// How long to wait for another deployment.
        package var lockTimeout = Duration.seconds(600)

        package init(author: String, programVersion: String, startedAt: String) {
            self.author = author
            self.programVersion = programVersion
            self.startedAt = startedAt
        }
    }

    /// Makes it so: takes the lock, looks again, and carries out what was approved.
    ///
    /// - Parameters:
    ///   - goal: What to make of the stack.
    ///   - shown: What somebody has seen and approved.
    ///   - terms: Who, and how.
    ///   - interrupted: Returns when somebody interrupts, and once that has happened at once; ends when it is cancelled.
    ///   - report: Is told what happens.
    ///   - approve: Asked when it has become another plan since; a plan without steps needs nobody's approval.
    /// - Returns: What was done, and how it ended; `nil` where it was not approved.
    /// - Throws: ``DeploymentError``, errors of Azure outside of steps, what `approve` throws.
    package func deploy(
        _ goal: Goal,
        shown: Survey,
        _ terms: Terms,
        interrupted: @escaping @Sendable () async -> Interruption? = StackDeployment.never,
        report: @escaping @Sendable (DeploymentEvent) -> Void,
        approve: @escaping @Sendable (Survey) async throws -> Bool
    ) async throws -> (survey: Survey, summary: DeploymentSummary)? {
        try await account.make()
        let deployment = inMadeGroup
        let holder = DeploymentLock.Holder(name: terms.author, since: terms.startedAt)
        return try await lock.hold(as: holder, timeout: terms.lockTimeout, interrupted: interrupted) { other in
            report(.noted(Self.words(for: other)))
        } _: { confirm in
            let fresh = try await unless(interrupted) {
                let fresh = try await deployment.survey(for: goal, followingOthers: report)
                let isKnown = fresh.plan.isEmpty || fresh.plan.looks(like: shown.plan)
                return isKnown ? fresh : try await approve(fresh) ? fresh : nil
            }
            guard let fresh else { return nil }
            guard !fresh.isSettled else { return (fresh, DeploymentSummary()) }
            let summary = try await deployment.apply(
                fresh,
                terms,
                interrupted: interrupted,
                confirm: confirm,
                report: report
            )
            return (fresh, summary)
        }
    }

    static func words(for holder: DeploymentLock.Holder?) -> String {
        guard let holder else { return "Waiting for another deployment of this stack to end." }
        return "Waiting for the deployment that \(holder.name) began at \(holder.since) to end."
    }
}

extension Plan {
    /// Whether a person who was shown one has seen the other: secrets look all the same.
    func looks(like other: Plan) -> Bool {
        steps.count == other.steps.count && refusals == other.refusals
            && zip(steps, other.steps).allSatisfy { one, other in
                one.id == other.id && one.cause == other.cause && one.action.visible == other.action.visible
            }
    }
}

extension Plan.Action {
    fileprivate var visible: Plan.Action {
        switch self {
        case .create(let body): .create(body.visible)
        case .update(let changes): .update(changes.map(\.visible))
        case .replace(let changes, let paths): .replace(changes.map(\.visible), because: paths)
        case .delete: .delete
        }
    }
}

extension PropertyChange {
    fileprivate var visible: PropertyChange {
        switch change {
        case .added(let value): PropertyChange(path, .added(value.visible))
        case .removed(let value): PropertyChange(path, .removed(value.visible))
        case .changed(let old, let new): PropertyChange(path, .changed(from: old.visible, to: new.visible))
        }
    }
}

extension Value {
    fileprivate var visible: Value {
        switch self {
        case .secret(let hidden): .string(hidden.description)
        case .list(let elements): .list(elements.map(\.visible))
        case .object(let members): .object(members.map { Member($0.name, $0.value.visible) })
        case .string, .literal, .expression: self
        }
    }
}
