import JSONText
import Renderers

extension ResourceType {
    // Source: learn.microsoft.com/rest/api/containerapps
    var containerFacts: TypeFacts {
        guard self == .containerApp else {
            var facts = facts(
                creation: .long(201, .location, seconds: 120),
                replacement: .long(200, .location, seconds: 60),
                deletion: .long(202, .location, seconds: 60),
                body: .tracked(
                    "kind",
                    "identity",
                    readOnly: ["properties.provisioningState", "properties.defaultDomain", "properties.staticIp"]
                ),
                names: NameRule(pattern: "^[a-z][a-z0-9-]{0,58}[a-z0-9]$")
            )
            facts.patch = .long(202, .location, seconds: 60)
            facts.states = StateWords(creating: "Waiting", updating: "InProgress", running: "InProgress")
            facts.busy = .containerEnvironment
            facts.spelling = .regionNames
            facts.defaults = ["properties": ["zoneRedundant": false, "publicNetworkAccess": "Enabled"]]
            return facts
        }
        var facts = facts(
            creation: .long(201, .asyncOperation, seconds: 40),
            replacement: .long(200, .asyncOperation, seconds: 30),
            deletion: .long(202, .location, seconds: 20),
            body: .tracked(
                "identity",
                "kind",
                "managedBy",
                "extendedLocation",
                readOnly: [
                    "properties.provisioningState", "properties.latestRevisionName", "properties.latestRevisionFqdn",
                    "properties.outboundIpAddresses", "properties.runningStatus",
                    "properties.configuration.ingress.fqdn",
                ]
            ),
            names: NameRule(pattern: "^(?!.*--)[a-z][a-z0-9-]{0,30}[a-z0-9]$")
        )
        facts.patch = .long(202, .location, seconds: 30)
        facts.states = StateWords(creating: "InProgress", updating: "InProgress", running: "InProgress")
        facts.busy = .containerApp
        facts.spelling = .lowercaseGroups
        facts.hidden = ["properties.configuration.secrets.*.value"]
        facts.reordered = ["properties.template.containers.*.env", "properties.configuration.secrets"]
        let environment = "Microsoft.App/managedEnvironments"
        let identity = "Microsoft.ManagedIdentity/userAssignedIdentities"
        facts.references = [
            ReferenceFacts(path: "properties.environmentId", type: environment, keeps: true, occupies: true),
            ReferenceFacts(path: "properties.managedEnvironmentId", type: environment, keeps: true, occupies: true),
            ReferenceFacts(path: "identity.userAssignedIdentities.#", type: identity),
        ]
        facts.defaults = [
            "properties": [
                "workloadProfileName": "Consumption",
                "configuration": ["activeRevisionsMode": "Single", "maxInactiveRevisions": 100],
                "template": ["revisionSuffix": "", "scale": ["minReplicas": 0, "maxReplicas": 10]],
            ]
        ]
        return facts
    }

    // Source: learn.microsoft.com/rest/api/appservice
    var webFacts: TypeFacts {
        switch self {
        case .plan:
            var facts = facts(
                creation: .long(202, .location, seconds: 15),
                replacement: .done(200),
                deletion: .done(200),
                body: .tracked(
                    "sku",
                    "kind",
                    "identity",
                    "extendedLocation",
                    readOnly: ["properties.provisioningState", "properties.status", "properties.numberOfSites"]
                ),
                names: NameRule(pattern: "^[A-Za-z0-9-]{1,60}$")
            )
            facts.patch = .done(200)
            facts.states = StateWords(creating: "InProgress", updating: "InProgress")
            facts.busy = .site
            facts.spelling = .regionNames
            facts.defaults = ["kind": "app", "properties": ["perSiteScaling": false, "zoneRedundant": false]]
            return facts
        case .site: return siteFacts
        case .publishingPolicy:
            var facts = webChildFacts(.exactly("ftp", "scm"))
            facts.body.required = ["properties.allow"]
            facts.defaults = ["properties": ["allow": true]]
            return facts
        default:
            var facts = webChildFacts(
                .exactly(
                    "appsettings",
                    "authsettingsV2",
                    "connectionstrings",
                    "logs",
                    "metadata",
                    "slotConfigNames",
                    "web"
                )
            )
            // The values are told to those who may list them, and to nobody who may only read.
            facts.hidden = []
            return facts
        }
    }

    private func webChildFacts(_ names: NameRule) -> TypeFacts {
        var facts = facts(
            creation: .done(200),
            replacement: .done(200),
            deletion: nil,
            body: .child("kind"),
            names: names
        )
        facts.busy = .site
        facts.occupiesParent = true
        return facts
    }

    private var siteFacts: TypeFacts {
        var facts = facts(
            creation: .long(202, .location, seconds: 30),
            replacement: .long(202, .location, seconds: 10),
            deletion: .done(200),
            body: .tracked(
                "identity",
                "kind",
                "extendedLocation",
                readOnly: ["properties.state", "properties.defaultHostName", "properties.hostNames"]
            ),
            names: .global("^[A-Za-z0-9][A-Za-z0-9-]{0,58}[A-Za-z0-9]$", taken: "Conflict")
        )
        facts.patch = .long(202, .location, seconds: 10)
        facts.busy = .site
        facts.spelling = .regionNames
        facts.hidden = ["properties.siteConfig", "properties.cloningInfo"]
        facts.references = [
            ReferenceFacts(path: "properties.serverFarmId", type: "Microsoft.Web/serverfarms", keeps: true),
            ReferenceFacts(
                path: "identity.userAssignedIdentities.#",
                type: "Microsoft.ManagedIdentity/userAssignedIdentities"
            ),
        ]
        facts.implicit = [
            ("config", "appsettings"), ("config", "connectionstrings"), ("config", "web"), ("config", "logs"),
            ("config", "metadata"), ("config", "slotConfigNames"), ("config", "authsettingsV2"),
            ("basicPublishingCredentialsPolicies", "ftp"), ("basicPublishingCredentialsPolicies", "scm"),
        ].map { ResourceIdentifier.Pair(type: $0.0, name: $0.1) }
        facts.defaults = [
            "kind": "app",
            "properties": [
                "enabled": true, "httpsOnly": false, "clientAffinityEnabled": false, "publicNetworkAccess": "Enabled",
            ],
        ]
        return facts
    }

    // Source: learn.microsoft.com/rest/api/containerregistry
    var registryFacts: TypeFacts {
        var facts = facts(
            creation: .long(201, .asyncOperation, seconds: 20),
            replacement: .long(200, .asyncOperation, seconds: 10),
            deletion: .long(202, .location, seconds: 10),
            body: .tracked(
                "sku",
                "identity",
                required: ["sku.name"],
                readOnly: ["properties.provisioningState", "properties.loginServer", "properties.creationDate"]
            ),
            names: .global("^[a-zA-Z0-9]{5,50}$", taken: "AlreadyInUse")
        )
        facts.patch = .long(201, .asyncOperation, seconds: 10)
        facts.states = StateWords(running: "Creating")
        facts.defaults = [
            "properties": [
                "adminUserEnabled": false, "anonymousPullEnabled": false, "publicNetworkAccess": "Enabled",
                "dataEndpointEnabled": false, "zoneRedundancy": "Disabled",
            ]
        ]
        return facts
    }
}
