import Azure
import JSONText
package import Planning
import Renderers
import Settings

/// What is there, what was applied last, and what that makes of a plan.
package struct Survey: Sendable {
    package let goal: StackDeployment.Goal
    package let plan: Plan
    package let desired: [DesiredResource]
    package let live: LiveResources
    /// The oldest first; see ``DeploymentLedger/read()``.
    package let records: [DeploymentRecord]
    package let applied: [String: Plan.Applied]
    /// Fingerprints of the secrets that are known here, by the names of parameters.
    package let fingerprints: [String: String]
    /// The images that apps are to run, by the names of parameters.
    let images: [String: String]
    /// Whether the fingerprints can be compared with those of another day.
    package let hasLastingKey: Bool

    /// Whether there is nothing to do: all is as it should be, and the ledger says so.
    package var isSettled: Bool {
        guard plan.isEmpty, let last = records.last else { return plan.isEmpty && desired.isEmpty }
        return last.state == .applied && last.packages == packages && last.resources.byID == recorded(desired).byID
    }

    /// The digests of packages, by the identifiers of their sites: those of this plan, and else those of before.
    var packages: [String: String] {
        let published = desired.filter { $0.type == .package }.compactMap { resource in
            ResourceIdentifier(resource.id)?.parent.map { ("\($0)", resource.body.text(at: "properties.digest") ?? "") }
        }
        let sites = Set(recorded(desired).filter { $0.type == .site }.map(\.id))
        let earlier = (records.last?.packages ?? [:]).filter { sites.contains($0.key) }
        return earlier.merging(published) { _, new in new }
    }

    /// What the ledger keeps: what is wanted now, and where that is not all, what was applied of the rest.
    ///
    /// - Parameter desired: The resources of the stack, as far as they are known.
    /// - Returns: The same, with secrets that nobody gave as they were applied last.
    func recorded(_ desired: [DesiredResource]) -> [DesiredResource] {
        let applied = Dictionary(applied.map { ($0.key.lowercased(), $0.value) }) { first, _ in first }
        let code = Set(desired.filter(\.type.isCode).map(\.id))
        let known = desired.filter { !$0.type.isCode }.map { resource in
            var resource = resource.keepingSecrets(of: applied[resource.id.lowercased()])
            resource.told = []
            resource.needs.subtract(code)
            return resource
        }
        guard goal.isPartial else { return known }
        let wanted = Set(known.map { $0.id.lowercased() })
        let rest = self.applied.filter { !wanted.contains($0.key.lowercased()) }
        return known + rest.sorted { $0.key < $1.key }.map { DesiredResource($0.value, id: $0.key) }
    }
}

extension StackDeployment {
    /// What to plan for.
    package enum Goal: Sendable {
        /// What the program says, all of it or some resources and what these need.
        case program(only: Set<String>?)
        /// What was applied before.
        case record(DeploymentRecord)
        /// Nothing at all.
        case absence

        package var isOfProgram: Bool {
            if case .program = self { true } else { false }
        }

        /// Whether what is not wanted stays.
        var isPartial: Bool {
            if case .program(only: _?) = self { true } else { false }
        }
    }

    /// Reads what is there, many resources at once, and plans.
    ///
    /// - Parameters:
    ///   - goal: What to plan for.
    ///   - report: Given, operations that somebody else began are followed to their end first, and it is told.
    /// - Returns: The plan with what it rests on.
    /// - Throws: ``Azure/AzureError``, ``DeploymentError``, errors of the ledger.
    package func survey(
        for goal: Goal,
        followingOthers report: (@Sendable (DeploymentEvent) -> Void)? = nil
    ) async throws -> Survey {
        let types = template.resources.filter { !$0.isExisting }.reduce(into: [:]) { types, resource in
            types[identifiers[resource.symbol] ?? ""] = resource.type
        }
        async let ownReads = session.isDeployed ? LiveReader(session.plane).read(types) : LiveResources()
        // Who has no secrets needs no key: whoever may only read is not allowed to ask for it.
        let hasSecrets = !secrets.isEmpty || !spares.isEmpty
        async let keyRead = session.isDeployed && hasSecrets ? account.fingerprintKey() : nil
        let records = session.isDeployed ? try await ledger.read() : []
        let applied = DeploymentRecord.applied(from: records)
        let others = applied.filter { types[$0.key] == nil }.mapValues(\.type)
        var live = try await LiveReader(session.plane).read(others)
        live.merge(try await ownReads)
        if let report {
            let all = types.merging(others) { own, _ in own }
            live = try await settled(live, all, report)
        }
        let images = images(in: live)
        live = try await withCode(live, for: goal)
        let key = try await keyRead
        let maker = SecretFingerprint(key: key ?? ephemeralKey)
        let snapshot = live
        func survey(with secrets: [String: SecretValue]) throws -> Survey {
            let fingerprints = fingerprints(of: secrets, by: maker)
            let parameters = fingerprints.merging(images) { secret, _ in secret }
            let desired = try desired(for: goal, resolver(parameters) { snapshot.property($0, of: $1) })
            return Survey(
                goal: goal,
                plan: plan(desired, snapshot, applied, isPartial: goal.isPartial),
                desired: desired,
                live: snapshot,
                records: records,
                applied: applied,
                fingerprints: fingerprints,
                images: images,
                hasLastingKey: key != nil
            )
        }
        let given = try survey(with: secrets)
        let needed = spares(for: given.plan.missingSecrets)
        return needed.isEmpty ? given : try survey(with: secrets.merging(needed) { given, _ in given })
    }

    private func plan(
        _ desired: [DesiredResource],
        _ live: LiveResources,
        _ applied: [String: Plan.Applied],
        isPartial: Bool
    ) -> Plan {
        let ids = Set(desired.map(\.id))
        return Plan(
            desired: desired.map { $0.expectingSuccess(where: live) },
            live: live.values,
            applied: isPartial ? applied.filter { ids.contains($0.key) } : applied
        )
    }

    /// The spares for secrets that have no value, by the names of the template's parameters.
    private func spares(for missing: [String]) -> [String: SecretValue] {
        let missing = Set(missing)
        return template.parameters.reduce(into: [:]) { needed, parameter in
            guard case .secret(let variable) = parameter.kind, missing.contains(variable) else { return }
            needed[parameter.name] = spares[parameter.name]
        }
    }

    func desired(for goal: Goal, _ resolver: ARMResolver) throws -> [DesiredResource] {
        switch goal {
        case .program(nil): return try wanted(by: resolver)
        case .program(let names?): return try wanted(by: resolver).neededFor(names)
        case .record(let record): return withCode(record.desired, for: goal)
        case .absence: return []
        }
    }

    private func wanted(by resolver: ARMResolver) throws -> [DesiredResource] {
        withCode(try resolver.desired(), for: .program(only: nil))
    }

    private func withCode(_ resources: [DesiredResource], for goal: Goal) -> [DesiredResource] {
        places(for: goal)?.joined(to: resources, of: template, identifiers) ?? resources
    }

    /// A key for a stack that was never deployed, whose secrets need no comparison.
    private var ephemeralKey: [UInt8] { Array(session.connection.random.identifier().utf8) }

    private func fingerprints(
        of secrets: [String: SecretValue],
        by maker: SecretFingerprint
    ) -> [String: String] {
        secrets.reduce(into: [:]) { result, secret in
            result[secret.key] = maker.fingerprint(of: secret.value.unsafeRevealed, for: secret.key)
        }
    }
}

extension DesiredResource {
    /// The resource with the wish that it has come to be, for one whose last operation failed, and for an app whose
    /// newest revision does not serve.
    fileprivate func expectingSuccess(where live: LiveResources) -> DesiredResource {
        guard case .object(var members) = body else { return self }
        var expected: [Value.Member] = []
        if live.hasFailed(id) { expected.append(.init("provisioningState", "Succeeded")) }
        if let newest = live.unreadyRevision(of: id) {
            expected.append(.init("latestReadyRevisionName", .string(newest)))
        }
        guard !expected.isEmpty else { return self }
        let index = members.firstIndex { $0.name == "properties" }
        if let index, case .object(let properties) = members[index].value {
            members[index].value = .object(properties + expected)
        } else if index == nil {
            members.append(.init("properties", .object(expected)))
        }
        var resource = self
        resource.body = .object(members)
        return resource
    }
}

extension DesiredResource {
    /// A resource as it was applied, for the next record.
    fileprivate init(_ applied: Plan.Applied, id: String) {
        self.init(
            id: id,
            type: applied.type,
            node: applied.node,
            body: applied.body,
            needs: applied.needs,
            isProtected: applied.isProtected
        )
    }
}

extension [DesiredResource] {
    /// What tells two versions of a stack apart, which is not their order.
    fileprivate var byID: [String: DesiredResource] { Dictionary(map { ($0.id, $0) }) { first, _ in first } }
}
