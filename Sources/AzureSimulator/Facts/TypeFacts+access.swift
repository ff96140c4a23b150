import JSONText
import Renderers

extension ResourceType {
    // Sources: learn.microsoft.com/rest/api/managedidentity, learn.microsoft.com/rest/api/authorization
    var accessFacts: TypeFacts {
        switch self {
        case .identity:
            var facts = facts(
                creation: .done(201),
                replacement: .done(200),
                deletion: .done(200),
                body: .tracked(
                    readOnly: ["properties.principalId", "properties.clientId", "properties.tenantId"]
                ),
                names: NameRule(pattern: "^[A-Za-z0-9][A-Za-z0-9_-]{2,127}$")
            )
            facts.patch = .done(200)
            facts.spelling = .lowercaseGroups
            return facts
        case .roleAssignment:
            var facts = facts(
                creation: .done(201),
                replacement: .done(200),
                deletion: .done(200),
                body: .child(
                    required: ["properties.principalId", "properties.roleDefinitionId"],
                    readOnly: ["properties.scope", "properties.createdOn", "properties.createdBy"]
                ),
                names: .guid
            )
            facts.isExtension = true
            return facts
        default:
            var facts = facts(
                creation: .done(201),
                replacement: .done(201),
                deletion: .done(200),
                body: .child(readOnly: ["properties.createdOn", "properties.createdBy"]),
                names: .guid
            )
            facts.isExtension = true
            return facts
        }
    }

    // Sources: learn.microsoft.com/rest/api/loganalytics, learn.microsoft.com/rest/api/application-insights,
    // learn.microsoft.com/rest/api/monitor/diagnostic-settings
    var telemetryFacts: TypeFacts {
        switch self {
        case .workspace:
            var facts = facts(
                creation: .long(201, .location, seconds: 30),
                replacement: .done(200),
                deletion: .done(200),
                body: .tracked(
                    "identity",
                    "etag",
                    readOnly: ["properties.provisioningState", "properties.customerId", "properties.createdDate"]
                ),
                names: NameRule(pattern: "^[A-Za-z0-9][A-Za-z0-9-]+[A-Za-z0-9]$")
            )
            facts.patch = .done(200)
            facts.states = StateWords(creating: "ProvisioningAccount")
            facts.hasTag = true
            facts.defaults = [
                "properties": [
                    "retentionInDays": 30, "sku": ["name": "PerGB2018"],
                    "publicNetworkAccessForIngestion": "Enabled", "publicNetworkAccessForQuery": "Enabled",
                ]
            ]
            return facts
        case .insights:
            var facts = facts(
                creation: .done(201),
                replacement: .done(200),
                deletion: .done(200),
                body: .tracked(
                    "kind",
                    "etag",
                    required: ["kind", "properties.Application_Type"],
                    readOnly: [
                        "properties.InstrumentationKey", "properties.ConnectionString", "properties.AppId",
                        "properties.provisioningState",
                    ]
                ),
                names: .usual(1...260)
            )
            facts.body.choices = ["properties.Application_Type": ["web", "other"]]
            facts.patch = .done(201)
            facts.states = StateWords()
            facts.hasTag = true
            facts.references = [
                ReferenceFacts(
                    path: "properties.WorkspaceResourceId",
                    type: "Microsoft.OperationalInsights/workspaces",
                    keeps: false
                )
            ]
            facts.defaults = [
                "properties": [
                    "RetentionInDays": 90, "IngestionMode": "LogAnalytics",
                    "publicNetworkAccessForIngestion": "Enabled", "publicNetworkAccessForQuery": "Enabled",
                ]
            ]
            return facts
        default:
            var facts = facts(
                creation: .done(200),
                replacement: .done(200),
                deletion: .done(200),
                body: .child(),
                names: NameRule(pattern: "^[^*<>%:&?+/\\\\]{1,260}$")
            )
            facts.isExtension = true
            facts.spelling = .lowercaseGroups
            facts.references = [
                ReferenceFacts(path: "properties.workspaceId", type: "Microsoft.OperationalInsights/workspaces")
            ]
            return facts
        }
    }
}

extension TypeFacts {
    // Source: learn.microsoft.com/rest/api/resources/template-specs
    static var templateSpec: TypeFacts {
        var facts = TypeFacts(
            name: "Microsoft.Resources/templateSpecs",
            versions: ["2022-02-01"],
            creation: .done(201),
            replacement: .done(200),
            deletion: .done(200),
            body: .tracked(),
            names: .usual(1...90)
        )
        facts.patch = .done(200)
        return facts
    }

    // Source: learn.microsoft.com/rest/api/resources/template-spec-versions
    static var templateSpecVersion: TypeFacts {
        var facts = TypeFacts(
            name: "Microsoft.Resources/templateSpecs/versions",
            versions: ["2022-02-01"],
            creation: .done(201),
            replacement: .done(200),
            deletion: .done(200),
            body: .tracked(),
            names: .usual(1...90)
        )
        facts.patch = .done(200)
        return facts
    }

    // Sources: learn.microsoft.com/rest/api/managedidentity/federated-identity-credentials,
    // learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations
    static var federatedCredential: TypeFacts {
        TypeFacts(
            name: "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials",
            versions: [ResourceType.identity.apiVersion],
            creation: .done(201),
            replacement: .done(200),
            deletion: .done(200),
            body: .child(required: ["properties.issuer", "properties.subject", "properties.audiences"]),
            names: NameRule(pattern: "^[A-Za-z0-9][A-Za-z0-9_-]{2,119}$"),
            // Two credentials of one identity cannot be written at the same time.
            occupiesParent: true
        )
    }
}
