package import Azure

/// What an error asks of somebody who wants the same thing still.
package enum Disposition: Sendable, Hashable, CaseIterable {
    /// Somebody else is at work on it; the same request is accepted when that is over.
    case waitForOther
    /// Something fresh, such as a role, an identity or a parent, is not known everywhere yet.
    case waitForAccess
    /// It is as it should be.
    case alreadyDone
    /// Waiting changes nothing.
    case final
}

extension AzureError {
    /// What the error asks for; whatever no rule names is final, for a taken name is a conflict, too.
    package var disposition: Disposition {
        guard let error = serviceError else { return .final }
        return DispositionRule.all.first { $0.applies(to: error, status: status) }?.disposition ?? .final
    }
}

/// One kind of error that is not final.
struct DispositionRule: Sendable {
    let disposition: Disposition
    /// `nil` for any.
    var status: Int?
    /// The code, in whatever depth; `nil` for any.
    var code: String?
    /// What the message has to say, in lower case; any of it, and anything where there is nothing.
    var words: [String] = []

    func applies(to error: ServiceError, status: Int?) -> Bool {
        if let wanted = self.status, status != nil, wanted != status { return false }
        if let code, !error.has(code: code) { return false }
        guard !words.isEmpty else { return true }
        // Microsoft.Web says code and message in details of their own.
        let said = error.messages.map { $0.lowercased() }
        return words.contains { word in said.contains { $0.contains(word) } }
    }

    static let all = busy + fresh + done

    // Sources of the codes:
    // github.com/hashicorp/terraform-provider-azurerm/issues/29351 (storage) and /15842 (databases),
    // github.com/microsoft/azure-container-apps/issues/175 and /701 (container apps and environments),
    // github.com/Azure/azure-functions-on-container-apps/issues/34 (sites),
    // github.com/pulumi/pulumi-azure-native/issues/3720 (429 that means another operation),
    // learn.microsoft.com/azure/service-bus-messaging/service-bus-resource-manager-exceptions (40901),
    // learn.microsoft.com/azure/azure-resource-manager/troubleshooting/error-deployment-active
    private static let busy =
        [
            "AnotherOperationInProgress", "StorageAccountOperationInProgress", "ContainerAppLockConflict",
            "ContainerAppOperationInProgress", "ManagedEnvironmentOperationInProgress", "RequestConflict",
            "DeploymentActive", "ResourceGroupBeingDeleted", "RetryableErrorDueToAnotherOperation", "RetryableError",
            "TooManyRequests",
        ].map { DispositionRule(disposition: .waitForOther, code: $0) } + [
            // Vaults say so of a name that is taken or deleted, too.
            DispositionRule(
                disposition: .waitForOther,
                status: 409,
                code: "ConflictError",
                words: ["conflicting operation", "operation is in progress"]
            ),
            DispositionRule(
                disposition: .waitForOther,
                status: 409,
                code: "Conflict",
                words: ["subcode=40901", "another operation is in progress", "another conflicting operation"]
            ),
            // A condition that is not met has this code, too.
            DispositionRule(
                disposition: .waitForOther,
                status: 412,
                code: "PreconditionFailed",
                words: ["operation in progress"]
            ),
            DispositionRule(disposition: .waitForOther, status: 429),
        ]

    // Sources: learn.microsoft.com/azure/role-based-access-control/troubleshooting (identities and roles take minutes),
    // learn.microsoft.com/azure/key-vault/general/rbac-guide, learn.microsoft.com/azure/container-apps/manage-secrets,
    // learn.microsoft.com/rest/api/storageservices/status-and-error-codes2. What container apps say of secrets and
    // images comes from memory.
    private static let fresh = [
        DispositionRule(disposition: .waitForAccess, code: "PrincipalNotFound"),
        DispositionRule(disposition: .waitForAccess, status: 404, code: "ParentResourceNotFound"),
        // What a role assignment is told of a resource that was made a moment ago.
        DispositionRule(disposition: .waitForAccess, status: 404, code: "ResourceNotFound"),
        DispositionRule(disposition: .waitForAccess, status: 403, code: "Forbidden"),
        DispositionRule(disposition: .waitForAccess, status: 403, code: "ForbiddenByRbac"),
        DispositionRule(disposition: .waitForAccess, status: 403, code: "AuthorizationPermissionMismatch"),
        DispositionRule(disposition: .waitForAccess, code: "ContainerAppSecretKeyVaultUrlInvalid"),
        DispositionRule(
            disposition: .waitForAccess,
            words: [
                "unable to get value using managed identity", "unable to pull image using managed identity",
                "aka.ms/acr/authorization",
            ]
        ),
    ]

    // The same principal has the same role there already, under another name.
    // Source: learn.microsoft.com/azure/role-based-access-control/troubleshooting
    private static let done = [
        DispositionRule(disposition: .alreadyDone, status: 409, code: "RoleAssignmentExists")
    ]
}

extension ServiceError {
    /// The messages of the error and of all its causes that say something.
    var messages: [String] {
        ([message] + details.flatMap(\.messages)).filter { !$0.isEmpty }
    }
}
