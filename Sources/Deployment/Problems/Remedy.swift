/// The one thing to do next about an error, by its code.
struct Remedy: Sendable {
    let codes: Set<String>
    /// What the message must say besides, in lower case.
    var says: String?
    let words: @Sendable (ProblemFacts) -> String

    init(_ codes: String..., says: String? = nil, words: @escaping @Sendable (ProblemFacts) -> String) {
        self.codes = Set(codes.map { $0.lowercased() })
        self.says = says
        self.words = words
    }

    static func sentence(for facts: ProblemFacts) -> String {
        let code = facts.code.lowercased()
        let message = facts.message.lowercased()
        let remedy = all.first { $0.codes.contains(code) && ($0.says.map { message.contains($0) } ?? true) }
        return remedy?.words(facts) ?? otherwise(facts)
    }

    private static func otherwise(_ facts: ProblemFacts) -> String {
        switch facts.status {
        case 429: "Wait some minutes and run the command again: Azure takes no more requests for now."
        case .some(500...599):
            "Run the command again; Azure had trouble of its own, and what is done is not done twice."
        default: "Look at the message; when it is mended, run the command again, and what is done is not done twice."
        }
    }

    static let all = access + names + limits + places + busy + waits + signingIn

    // MARK: Access

    // Sources: learn.microsoft.com/azure/role-based-access-control/troubleshooting,
    // learn.microsoft.com/azure/role-based-access-control/built-in-roles,
    // learn.microsoft.com/azure/governance/policy/troubleshoot/general
    private static let access = [
        Remedy("AuthorizationFailed", "LinkedAuthorizationFailed") { facts in
            let action = facts.quoted(after: "action") ?? "the action"
            let scope = facts.quoted(after: "scope").map { "'\(group(of: $0))'" } ?? "the resource group"
            let writesRoles = action.lowercased().hasPrefix("microsoft.authorization/")
            let role = writesRoles ? "'Role Based Access Control Administrator' or 'Owner'" : "'Contributor'"
            return "Have somebody give you the role \(role) on \(scope), which allows '\(action)', and sign in again."
        },
        Remedy("Forbidden", "ForbiddenByRbac", "AuthorizationPermissionMismatch") { _ in
            "Wait some minutes and run the command again: a fresh role takes up to ten minutes to work everywhere."
        },
        Remedy("RequestDisallowedByPolicy") { facts in
            let name = facts.policyName.map { " '\($0)'" } ?? ""
            return "Ask whoever keeps the policy\(name) for an exemption, or change what it does not allow."
        },
        Remedy("PrincipalNotFound") { _ in
            "Run the command again in a minute: the directory does not know the fresh identity yet."
        },
        Remedy("RoleAssignmentUpdateNotPermitted") { _ in
            "Delete the role assignment that the message is about; it belongs to an identity that is gone."
        },
        Remedy("ContainerAppSecretKeyVaultUrlInvalid") { _ in
            "Check with `infra secrets list --target azure` that the secret is set, then run the command again."
        },
    ]

    /// A role on the whole group is what a deployment needs, and one sentence for all that is missing.
    private static func group(of scope: String) -> Substring {
        let parts = scope.split(separator: "/", omittingEmptySubsequences: false)
        let isInGroup = parts.count > 5 && parts[3].lowercased() == "resourcegroups"
        return isInGroup ? parts[..<5].joined(separator: "/")[...] : scope[...]
    }

    // MARK: Names

    // Sources: learn.microsoft.com/azure/key-vault/general/key-vault-recovery,
    // learn.microsoft.com/azure/ai-services/recover-purge-resources,
    // learn.microsoft.com/azure/azure-resource-manager/troubleshooting/error-storage-account-name
    private static let names = [
        Remedy("ConflictError", "VaultAlreadyExists", "Conflict", says: "deleted", words: deleted),
        Remedy("FlagMustBeSetForRestore", "SoftDeletedResourceExists", words: deleted),
        Remedy(
            "VaultAlreadyExists",
            "StorageAccountAlreadyTaken",
            "StorageAccountAlreadyExists",
            "AlreadyInUse",
            "NamespaceUnavailable",
            "NameNotAvailable",
            "CustomDomainInUse",
            "WebsiteNameAlreadyExists",
            "DatabaseAccountNameAlreadyExists",
            words: taken
        ),
        Remedy("Conflict", "BadRequest", "ConflictError", says: "already", words: taken),
    ]

    private static let deleted: @Sendable (ProblemFacts) -> String = { _ in
        """
        Purge the deleted resource that still has the name (`infra doctor --target azure` lists it), or choose another \
        resource group with --resource-group.
        """
    }

    private static let taken: @Sendable (ProblemFacts) -> String = { _ in
        "Choose another resource group with --resource-group: the end of names that all of Azure shares follows from it."
    }

    // MARK: Limits

    // Sources: learn.microsoft.com/azure/azure-resource-manager/troubleshooting/error-resource-quota and
    // …/error-sku-not-available
    private static let limits = [
        Remedy(
            "QuotaExceeded",
            "InsufficientQuota",
            "SubscriptionIsOverQuotaForSku",
            "ResourceQuotaExceeded",
            "MaxNumberOfRegionalEnvironmentsInSubExceeded",
            "MaxStorageAccountsCountPerSubscriptionExceeded"
        ) { _ in
            "Delete what is not needed, ask for more under Quotas in the portal, or choose another region with --location."
        },
        Remedy("SkuNotAvailable", "ZonesNotAvailable", "RequestedSizeNotAvailable") { _ in
            "Choose another region with --location and a new --resource-group: this one does not offer that size."
        },
    ]

    // MARK: Places

    // Sources: learn.microsoft.com/azure/azure-resource-manager/troubleshooting/common-deployment-errors,
    // …/error-register-resource-provider, …/error-invalid-subscription
    private static let places = [
        Remedy("InvalidParameterValueInContainerTemplate", says: "manifest") { _ in
            "Bring the image along: run `infra up --target azure` without --code keep, or push it with `infra image push`."
        },
        Remedy("LocationNotAvailableForResourceType", "NoRegisteredProviderFound", "InvalidLocation") { facts in
            let regions =
                (facts.quoted(after: "resource type is") ?? facts.quoted(after: "Available are")).map {
                    ", such as one of \($0)"
                } ?? ""
            return "Choose another region with --location and a new --resource-group\(regions)."
        },
        Remedy("InvalidResourceLocation", "InvalidResourceGroupLocation") { _ in
            "Leave --location out, or choose another --resource-group: what is there cannot move."
        },
        Remedy("SubscriptionNotFound", "InvalidSubscriptionId", "InvalidSubscription") { _ in
            "Give --subscription or AZURE_SUBSCRIPTION_ID the id of a subscription that you can see."
        },
        Remedy("MissingSubscriptionRegistration") { facts in
            let name = facts.quoted(after: "namespace") ?? "that the message names"
            return "Have an owner of the subscription register the provider \(name), then run the command again."
        },
        Remedy("ResourceGroupBeingDeleted", "ResourceGroupDeletionBlocked") { _ in
            "Wait until the resource group is gone, then run the command again."
        },
        Remedy("ScopeLocked") { _ in "Have somebody remove the lock that the message names, then run the command again."
        },
    ]

    // MARK: Others at work

    private static let busy = [
        Remedy(
            "AnotherOperationInProgress",
            "StorageAccountOperationInProgress",
            "ContainerAppLockConflict",
            "ContainerAppOperationInProgress",
            "ManagedEnvironmentOperationInProgress",
            "RequestConflict",
            "DeploymentActive",
            "RetryableErrorDueToAnotherOperation",
            "PreconditionFailed",
            "Conflict",
            "ConflictError"
        ) { _ in "Run the command again when the other operation on the resource is over." },
        Remedy("LeaseAlreadyPresent", "LeaseIdMismatchWithLeaseOperation") { _ in
            "Wait until the other deployment is over; `infra lock` tells who has the lock."
        },
        Remedy("TooManyRequests", "SubscriptionRequestsThrottled", "OperationNotAllowed", says: "requests") { _ in
            "Wait some minutes and run the command again: Azure takes no more requests for now."
        },
    ]

    private static let waits = [
        Remedy(ProblemFacts.unfinished) { _ in "Run the command again: it takes up what still goes on." },
        Remedy(ProblemFacts.unreachable) { _ in
            "Check the network, names (DNS) and HTTPS_PROXY of this machine, then run the command again."
        },
        Remedy("UntrustedAddress") { _ in "Check AZURE_CLOUD and SLIPWAY_AZURE_ENDPOINT; something leads elsewhere." },
    ]

    // MARK: Signing in

    // Source: learn.microsoft.com/entra/identity-platform/reference-error-codes
    private static let signingIn = [
        Remedy("AADSTS7000215") { _ in
            "Set AZURE_CLIENT_SECRET to the value of the secret (not its id), or make a new one for the application."
        },
        Remedy("AADSTS7000222") { _ in "Make a new client secret and set AZURE_CLIENT_SECRET: this one has expired." },
        Remedy("AADSTS700016") { _ in
            "Check AZURE_CLIENT_ID and AZURE_TENANT_ID: the tenant knows no such application."
        },
        Remedy("AADSTS90002", "AADSTS900023") { _ in "Check AZURE_TENANT_ID: there is no such tenant." },
        Remedy("AADSTS70021", "AADSTS700213", "AADSTS700211", "AADSTS700212") { _ in
            """
            Give the application a federated credential whose issuer, subject and audience are those of this job, such \
            as its branch or environment.
            """
        },
        Remedy("AADSTS700024") { _ in "Run the job again: its token was no longer, or not yet, good." },
        Remedy("AADSTS50173", "AADSTS700082", "AADSTS70043", "AADSTS50076", "AADSTS50079", "AADSTS50078") { _ in
            "Sign in again with `az login`."
        },
        Remedy(
            "ExpiredAuthenticationToken",
            "InvalidAuthenticationToken",
            "InvalidAuthenticationTokenTenant",
            "AuthenticationFailed",
            "InvalidAuthenticationTokenAudience"
        ) { _ in "Sign in again, to the tenant of the subscription: AZURE_TENANT_ID, or `az login --tenant`." },
        Remedy(ProblemFacts.notSignedIn) { _ in
            """
            Sign in with `az login`, or set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET; in GitHub \
            Actions, give the job `permissions: id-token: write` and the first two.
            """
        },
    ]
}

extension ProblemFacts {
    /// The name of the policy, which Azure tells as JSON within the message, or in quotes.
    fileprivate var policyName: String? {
        guard let place = message.firstRange(of: "Policy identifiers: '") else { return nil }
        let rest = message[place.upperBound...]
        guard let name = rest.firstRange(of: "\"name\":\"") else { return String(rest.prefix { $0 != "'" }) }
        return String(rest[name.upperBound...].prefix { $0 != "\"" })
    }
}
