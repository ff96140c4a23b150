import HTTPTypes
import Images
import JSONText
import NIOHTTP1
import Planning
import Testing

@testable import Azure
@testable import AzureSimulator
@testable import Deployment

struct ProblemTests {
    typealias Answer = Azure.AzureResponse

    static func error(_ status: Int, _ body: JSON) -> AzureError {
        AzureError(
            refusal: Answer(
                status: status,
                headers: ["x-ms-request-id": "r1", "x-ms-correlation-request-id": "c1"],
                body: body.bytes,
                request: "PUT /x"
            )
        )
    }

    static func error(_ status: Int, _ code: String, _ message: String) -> AzureError {
        error(status, ["error": ["code": .string(code), "message": .string(message)]])
    }

    @Test func `a disk that fills while code passes through is called that`() {
        let problem = DeploymentProblem(ImageError.diskFull(path: "/tmp/x") as any Error)
        #expect(problem.code == "DiskFull")
        #expect(problem.message == "The disk is full, so '/tmp/x' was not written.")
        #expect(problem.remedy.contains("TMPDIR"))
    }

    /// An error as the simulator answers it.
    private func error(_ refusal: Refusal) -> AzureError {
        let answer = refusal.managementResponse
        return Self.error(answer.status.code, answer.json ?? [:])
    }

    // MARK: Which are worth waiting for

    @Test(arguments: [
        BusyAnswer.another, .storage, .containerApp, .containerEnvironment, .site, .database, .model, .vault, .bus,
    ])
    func `a resource that is busy is waited for, whichever way it says so`(busy: BusyAnswer) {
        #expect(error(busy.refusal("/x")).disposition == .waitForOther)
    }

    struct Row: Sendable, CustomTestStringConvertible {
        var status: Int
        var code: String
        var message: String
        var disposition: Disposition
        var testDescription: String { "\(status) \(code) \(message)" }

        init(_ status: Int, _ code: String, _ disposition: Disposition) {
            self.init(status, code, "", disposition)
        }

        init(_ status: Int, _ code: String, _ message: String, _ disposition: Disposition) {
            self.status = status
            self.code = code
            self.message = message
            self.disposition = disposition
        }
    }

    static let rows = [
        Row(409, "DeploymentActive", .waitForOther),
        Row(429, "RetryableErrorDueToAnotherOperation", .waitForOther),
        Row(429, "TooManyRequests", .waitForOther), Row(429, "Anything", .waitForOther),
        Row(400, "PrincipalNotFound", .waitForAccess), Row(404, "ParentResourceNotFound", .waitForAccess),
        Row(403, "Forbidden", .waitForAccess), Row(403, "AuthorizationPermissionMismatch", .waitForAccess),
        Row(409, "ContainerAppSecretKeyVaultUrlInvalid", .waitForAccess),
        Row(
            400,
            "InvalidParameterValueInContainerTemplate",
            "Field 'template.containers.chat.image' is invalid with details: 'UNAUTHORIZED: authentication required, "
                + "visit https://aka.ms/acr/authorization for more information.'",
            .waitForAccess
        ),
        Row(400, "Failed", "Unable to get value using Managed identity /x for secret key.", .waitForAccess),
        Row(409, "RoleAssignmentExists", .alreadyDone),
        Row(409, "ConflictError", "A vault with the same name already exists in deleted state.", .final),
        Row(409, "Conflict", "The name 'chat' for Microsoft.Web/sites is already taken.", .final),
        Row(409, "Conflict", "Secret KEY is currently in a deleted but recoverable state.", .final),
        Row(412, "PreconditionFailed", "The condition of the request is not met.", .final),
        Row(400, "RoleAssignmentUpdateNotPermitted", .final), Row(403, "AuthorizationFailed", .final),
        Row(403, "RequestDisallowedByPolicy", .final), Row(404, "ResourceNotFound", .waitForAccess),
        Row(500, "InternalServerError", .final),
    ]

    @Test(arguments: rows)
    func `waiting follows from code, status and message`(row: Row) {
        #expect(Self.error(row.status, row.code, row.message).disposition == row.disposition)
    }

    @Test(arguments: [
        "AlreadyInUse", "AuthenticationFailed", "BadParameter", "BadRequest", "BlobAlreadyExists", "BlobNotFound",
        "CannotDelete", "ConditionNotMet", "ContainerAlreadyExists", "ContainerNotFound", "CustomDomainInUse",
        "DeletedResourceNotFound", "DeletedVaultPurge", "EntityAlreadyExists", "ExpiredAuthenticationToken",
        "FlagMustBeSetForRestore", "InternalServerError", "InvalidApiVersionParameter", "InvalidAuthenticationToken",
        "InvalidAuthenticationTokenAudience", "InvalidAuthenticationTokenTenant", "InvalidHeaderValue",
        "InvalidRequestContent", "InvalidRequestPropertyValue", "InvalidRequestUri", "InvalidResourceGroup",
        "InvalidResourceLocation", "InvalidResourceName", "InvalidResourceNamespace", "InvalidResourceReference",
        "InvalidResourceType", "InvalidTemplate", "KeyBasedAuthenticationNotPermitted", "LeaseAlreadyPresent",
        "LeaseIdMismatchWithLeaseOperation", "LeaseIdMissing", "LeaseIsBreakingAndCannotBeAcquired",
        "LeaseIsBrokenAndCannotBeRenewed", "LeaseNotPresentWithLeaseOperation", "LinkedInvalidPropertyId",
        "LocationNotAvailableForResourceType", "MethodNotAllowed", "MissingResourceGroup",
        "MissingSubscriptionRegistration", "NameNotAvailable", "NamespaceUnavailable", "NoRegisteredProviderFound",
        "OperationNotFound", "PreconditionFailed", "QuotaExceeded", "ReplicaNotFound", "RequestBodyTooLarge",
        "ResourceGroupNotFound", "RevisionNotFound", "RoleDefinitionDoesNotExist",
        "SecretNotFound", "StorageAccountAlreadyTaken", "SubscriptionNotFound", "TableAlreadyExists",
        "TemplateSpecTooLarge", "VaultAlreadyExists", "Conflict", "ConflictError",
    ])
    func `nobody waits for what waiting does not change`(code: String) {
        for status in [400, 404, 409, 412, 500] {
            #expect(Self.error(status, code, "It cannot be.").disposition == .final)
        }
    }

    @Test func `an operation that ended, and a cause within, count as what they say`() {
        let said = ServiceError(
            code: "DeploymentFailed",
            message: "",
            details: [ServiceError(code: "AnotherOperationInProgress", message: "Busy.")]
        )
        #expect(AzureError(.ended(state: "Failed", said), request: "PUT /x").disposition == .waitForOther)
        #expect(AzureError(.ended(state: "Failed", nil), request: "PUT /x").disposition == .final)
        #expect(AzureError(.unfinished(after: .seconds(5)), request: "PUT /x").disposition == .final)
    }

    // MARK: Remedies

    @Test func `a problem is the innermost cause, where it happened, and one thing to do`() {
        let error = Self.error(
            409,
            [
                "error": [
                    "code": "DeploymentFailed", "message": "See details.",
                    "details": [["code": "SkuNotAvailable", "message": "Not in westeurope."]],
                ]
            ]
        )
        let problem = DeploymentProblem(error)
        #expect(problem.code == "SkuNotAvailable")
        #expect(problem.message == "Not in westeurope.")
        #expect(problem.request == "PUT /x")
        #expect(problem.requestID == "r1")
        #expect(problem.correlationID == "c1")
        #expect(problem.remedy.contains("--location"))
    }

    @Test func `the form of Microsoft-Web is a problem with code and message`() {
        let problem = DeploymentProblem(error(BusyAnswer.site.refusal("/x")))
        #expect(problem.code == "Conflict")
        #expect(problem.message.hasPrefix("Cannot modify this site"))
    }

    @Test(arguments: [
        ("Microsoft.App/containerApps/write", "'Contributor'"),
        ("Microsoft.Authorization/roleAssignments/write", "'Role Based Access Control Administrator' or 'Owner'"),
    ])
    func `who may not do something learns which role may, and where`(action: String, role: String) {
        let message = """
            The client 'a' with object id 'b' does not have authorization to perform action '\(action)' over scope \
            '/subscriptions/s/resourceGroups/g' or the scope is invalid.
            """
        let remedy = DeploymentProblem(Self.error(403, "AuthorizationFailed", message)).remedy
        #expect(remedy.contains("the role \(role) on '/subscriptions/s/resourceGroups/g'"))
        #expect(remedy.contains("'\(action)'"))
    }

    @Test(arguments: [
        "Policy identifiers: 'no-public-apps'.",
        #"Policy identifiers: '[{"policyAssignment":{"name":"no-public-apps","id":"/x"}}]'."#,
    ])
    func `a policy is named`(message: String) {
        let remedy = DeploymentProblem(Self.error(403, "RequestDisallowedByPolicy", message)).remedy
        #expect(remedy.contains("policy 'no-public-apps'"))
    }

    @Test(arguments: [
        ("VaultAlreadyExists", "It is in use.", "--resource-group"),
        ("StorageAccountAlreadyTaken", "", "--resource-group"), ("AlreadyInUse", "", "--resource-group"),
        ("CustomDomainInUse", "", "--resource-group"), ("NamespaceUnavailable", "", "--resource-group"),
        ("Conflict", "The name 'chat' is already taken.", "--resource-group"),
        ("Conflict", "Another operation is in progress.", "when the other operation"),
        ("ConflictError", "A vault with the same name already exists in deleted state.", "Purge"),
        ("FlagMustBeSetForRestore", "", "Purge"), ("QuotaExceeded", "", "Quotas"), ("InsufficientQuota", "", "Quotas"),
        ("LocationNotAvailableForResourceType", "Available are 'eastus,westus'.", "such as one of eastus,westus"),
        ("MissingSubscriptionRegistration", "is not registered to use namespace 'Microsoft.App'.", "Microsoft.App"),
        ("SubscriptionNotFound", "", "--subscription"), ("InvalidSubscriptionId", "", "--subscription"),
        ("PrincipalNotFound", "", "in a minute"), ("LeaseAlreadyPresent", "", "infra lock"),
        ("TooManyRequests", "Too many requests.", "some minutes"), ("Strange", "Odd.", "when it is mended"),
    ])
    func `every code has one remedy`(code: String, message: String, says: String) {
        let remedy = DeploymentProblem(Self.error(409, code, message)).remedy
        #expect(remedy.contains(says), "\(remedy)")
        #expect(remedy.hasSuffix(".") && !remedy.contains("\n"))
    }

    @Test func `no answer, and an answer too late, are told apart`() {
        let nowhere = AzureError(.unreachable("x cannot be reached", tries: 3), request: "GET /x")
        #expect(DeploymentProblem(nowhere).remedy.contains("HTTPS_PROXY"))
        let late = AzureError(.unfinished(after: .seconds(600)), request: "PUT /x")
        #expect(DeploymentProblem(late).remedy.contains("takes up"))
        #expect(DeploymentProblem(CancellationError()).code == "CancellationError")
    }

    // MARK: Signing in

    @Test(arguments: [
        (7_000_215, "AZURE_CLIENT_SECRET"), (7_000_222, "expired"), (700_016, "AZURE_CLIENT_ID"),
        (90_002, "AZURE_TENANT_ID"), (70_021, "federated credential"), (700_213, "federated credential"),
        (50_173, "az login"), (700_082, "az login"),
    ])
    func `a sign-in that is refused says what to mend`(code: Int, says: String) {
        let said = ServiceError(code: "invalid_client", message: "AADSTS\(code): It cannot be.")
        let problem = DeploymentProblem(CredentialError.refused(source: "the client secret", said))
        #expect(problem.code == "AADSTS\(code)")
        #expect(problem.remedy.contains(says))
    }

    @Test func `nobody who is signed in learns every way to sign in`() {
        let attempts = [CredentialError.Attempt(source: "the Azure CLI", outcome: .failed("`az` is not installed"))]
        let problem = DeploymentProblem(CredentialError.exhausted(attempts))
        #expect(problem.message.contains("`az` is not installed"))
        #expect(problem.remedy.contains("az login") && problem.remedy.contains("id-token: write"))
    }
}
