import HTTPTypes
import JSONText
import Renderers

// Everything that can be wrong with a write. Nothing is stored before all of it has been checked.

extension SimulatedAzure {
    func admit(_ write: Write) throws(Refusal) {
        try checkGroup(write)
        try checkParent(write)
        try checkName(write)
        try checkRegion(write)
        try checkPolicy(write)
        try checkTag(write)
        try checkBusy(write)
        try checkNameIsFree(write)
        try checkQuota(write)
        try checkReferences(write)
        try checkImages(write)
    }

    private func checkGroup(_ write: Write) throws(Refusal) {
        let namespace = write.identifier.namespace
        guard providers.isRegistered(namespace) else {
            throw .conflict(
                "MissingSubscriptionRegistration",
                "The subscription is not registered to use namespace '\(namespace)'."
            )
        }
        guard let name = Place(write.identifier.scope).group else { return }
        let key = "/subscriptions/\(configuration.subscription)/resourcegroups/\(name)".lowercased()
        if groups[key]?.isDeleting ?? false { throw Self.groupIsBeingDeleted(name) }
    }

    private func checkParent(_ write: Write) throws(Refusal) {
        guard let parent = write.identifier.parent else { return }
        guard let resource = store[parent.key], isVisible(resource, write.call) else {
            throw .notFound(
                "ParentResourceNotFound",
                """
                Failed to perform 'write' on resource(s) of type '\(write.facts.name)', because the parent resource \
                '\(parent)' could not be found.
                """
            )
        }
    }

    private func checkName(_ write: Write) throws(Refusal) {
        let name = write.identifier.name
        guard !Self.matches(name, write.facts.names.pattern) else { return }
        throw .badRequest(
            "InvalidResourceName",
            "The name '\(name)' of the type \(write.facts.name) must match \(write.facts.names.pattern).",
            target: "name"
        )
    }

    // MARK: The body

    /// Holds a body against what is known of its type.
    func check(
        _ body: JSON,
        _ facts: TypeFacts,
        _ identifier: ResourceIdentifier,
        _ purpose: SchemaCheck.Purpose
    ) throws(Refusal) {
        let problems = problems(in: body, facts, named: identifier.name, purpose)
        if !problems.isEmpty { throw Self.invalid(body: problems) }
    }

    func problems(
        in body: JSON,
        _ facts: TypeFacts,
        named name: String,
        _ purpose: SchemaCheck.Purpose
    ) -> [BodyProblem] {
        if let schema = configuration.schemas?[facts.name] {
            let problems = SchemaCheck(schema: schema, purpose: purpose, name: name).problems(in: body)
            if case .template = purpose { return problems }
            let paths = Set(problems.map(\.path))
            return problems + facts.body.choiceProblems(in: body).filter { !paths.contains($0.path) }
        }
        switch purpose {
        case .put: return facts.body.problems(in: body)
        case .patch: return facts.body.problems(in: body, isWhole: false)
        // Expressions may stand anywhere, so that only the members themselves can be checked.
        case .template: return facts.body.problems(in: body).filter { !$0.reason.contains("must be") }
        }
    }

    static func invalid(body problems: [BodyProblem]) -> Refusal {
        let words = problems.prefix(10).map { "'\($0.path)' \($0.reason)" }.joined(separator: "; ")
        return .badRequest(
            "InvalidRequestContent",
            "The request content is invalid: \(words).",
            target: problems.first?.path
        )
    }

    // MARK: Regions and policies

    func check(region: String?, for type: String) throws(Refusal) {
        guard let region, !configuration.regions.contains(Region.plain(region)) else { return }
        let regions = configuration.regions.joined(separator: ",")
        throw .badRequest(
            "LocationNotAvailableForResourceType",
            "The provided location '\(region)' is not available for resource type '\(type)'. Available are '\(regions)'."
        )
    }

    func check(region: String?, isThatOf old: JSON, _ identifier: String) throws(Refusal) {
        guard let region, let before = old["location"]?.string, Region.plain(region) != Region.plain(before) else {
            return
        }
        throw .conflict(
            "InvalidResourceLocation",
            "The resource '\(identifier)' already exists in location '\(before)'. It cannot be created in '\(region)'."
        )
    }

    private func checkRegion(_ write: Write) throws(Refusal) {
        let region = write.given["location"]?.string
        try check(region: region, for: write.facts.name)
        if let old = write.old { try check(region: region, isThatOf: old.body, old.identifier.description) }
        guard write.facts.name == TypeFacts.templateSpecVersion.name, let parent = write.identifier.parent else {
            return
        }
        // A version is where its template spec is.
        try check(region: region, isThatOf: store[parent.key]?.body ?? [:], parent.description)
    }

    // Source: learn.microsoft.com/azure/governance/policy/troubleshoot/general
    private func checkPolicy(_ write: Write) throws(Refusal) {
        let region = write.given["location"]?.string.map { Region.plain($0) }
        let denial = configuration.policies.first { policy in
            guard policy.type.map({ $0.lowercased() == write.facts.name.lowercased() }) ?? (region != nil) else {
                return false
            }
            return region.map { !policy.allowedRegions.contains($0) } ?? true
        }
        guard let denial else { return }
        let definition =
            "/subscriptions/\(configuration.subscription)/providers/Microsoft.Authorization/policyDefinitions/"
        var refusal = Refusal(
            .forbidden,
            "RequestDisallowedByPolicy",
            "Resource '\(write.identifier.name)' was disallowed by policy. Policy identifiers: '\(denial.name)'.",
            target: write.identifier.name
        )
        let info: JSON = [
            "policyDefinitionId": .string(definition + denial.name), "policyAssignmentName": .string(denial.name),
            "policyDefinitionEffect": "deny",
        ]
        refusal.additionalInfo = [["type": "PolicyViolation", "info": info]]
        throw refusal
    }

    // MARK: What is there already

    // Source: RFC 9110, section 13.1
    func checkTag(_ write: Write) throws(Refusal) {
        let mustMatch = write.call.request.headers[.ifMatch]
        let mustNotMatch = write.call.request.headers[.ifNoneMatch]
        let failed = Refusal(.preconditionFailed, "PreconditionFailed", "The condition of the request is not met.")
        if let mustMatch {
            guard let old = write.old, mustMatch == "*" || mustMatch == old.tag else { throw failed }
        }
        if let mustNotMatch, let old = write.old, mustNotMatch == "*" || mustNotMatch == old.tag { throw failed }
    }

    func checkBusy(_ write: Write) throws(Refusal) {
        for key in write.checked where operations.holder(of: key) != nil {
            let busy = store[key]?.facts.busy ?? write.facts.busy
            throw busy.refusal(store[key]?.identifier.description ?? key)
        }
    }

    private func checkNameIsFree(_ write: Write) throws(Refusal) {
        guard write.old == nil, let code = write.facts.names.takenCode else { return }
        let name = write.identifier.name
        let taken = configuration.takenNames.contains { $0.lowercased() == "\(write.facts.name)/\(name)".lowercased() }
        guard taken || store.resource(write.facts.name, named: name) != nil else { return }
        var refusal = Refusal(
            code == "BadRequest" ? .badRequest : .conflict,
            code,
            "The name '\(name)' for \(write.facts.name) is already taken. Choose another name."
        )
        refusal.isOfWebProvider = write.identifier.namespace == "Microsoft.Web"
        throw refusal
    }

    // Source of the limit that always holds: learn.microsoft.com/azure/azure-resource-manager/management/resources-without-resource-group-limit
    private func checkQuota(_ write: Write) throws(Refusal) {
        guard write.old == nil else { return }
        let limit = configuration.quotas[write.facts.name] ?? 800
        guard store.count(of: write.facts.name) >= limit else { return }
        throw .badRequest(
            "QuotaExceeded",
            "Operation results in exceeding quota limits of \(write.facts.name). Maximum allowed: \(limit)."
        )
    }

    private func checkReferences(_ write: Write) throws(Refusal) {
        guard configuration.checksReferences else { return }
        for reference in write.facts.references {
            for text in write.given.values(at: reference.path).compactMap(\.string) {
                try check(text, reference)
            }
        }
    }

    private func check(_ text: String, _ reference: ReferenceFacts) throws(Refusal) {
        guard let identifier = ResourceIdentifier(text), identifier.type.lowercased() == reference.type.lowercased()
        else {
            throw .badRequest(
                "LinkedInvalidPropertyId",
                "Property id '\(text)' at path '\(reference.path)' is invalid. Expect the id of a \(reference.type).",
                target: reference.path.description
            )
        }
        guard let target = store[identifier.key] else {
            throw .badRequest(
                "InvalidResourceReference",
                "Resource \(text), named at '\(reference.path)', was not found.",
                target: reference.path.description
            )
        }
        if target.state == .creating { throw target.facts.busy.refusal(target.identifier.description) }
    }
}
