import JSONText
import Renderers

extension ResourceType {
    // Source: learn.microsoft.com/rest/api/storagerp
    var storageFacts: TypeFacts {
        switch self {
        case .storageAccount: return storageAccountFacts
        case .blobService:
            var facts = storageChildFacts(.done(200), deletion: nil, .exactly("default"))
            facts.defaults = ["properties": ["deleteRetentionPolicy": ["enabled": false]]]
            return facts
        case .tableService: return storageChildFacts(.done(200), deletion: nil, .exactly("default"))
        case .blobContainer:
            var facts = storageChildFacts(
                .done(201),
                deletion: .done(200),
                NameRule(pattern: "^(?!.*--)[a-z0-9$][a-z0-9-]{2,62}$")
            )
            facts.patch = .done(200)
            facts.hasTag = true
            facts.body.readOnly = [
                "properties.leaseState", "properties.leaseStatus", "properties.leaseDuration",
                "properties.hasLegalHold",
                "properties.deleted",
            ]
            facts.defaults = [
                "properties": ["publicAccess": "None", "defaultEncryptionScope": "$account-encryption-key"]
            ]
            return facts
        default:
            var facts = storageChildFacts(
                .done(200),
                deletion: .done(204),
                NameRule(pattern: "^[A-Za-z][A-Za-z0-9]{2,62}$")
            )
            facts.patch = .done(200)
            facts.body.readOnly = ["properties.tableName"]
            return facts
        }
    }

    private func storageChildFacts(_ creation: WriteFacts, deletion: WriteFacts?, _ names: NameRule) -> TypeFacts {
        var facts = facts(
            creation: creation,
            replacement: .done(200),
            deletion: deletion,
            body: .child(),
            names: names
        )
        facts.busy = .storage
        facts.occupiesParent = true
        return facts
    }

    private var storageAccountFacts: TypeFacts {
        var facts = facts(
            creation: .long(202, .location, seconds: 20),
            replacement: .done(200),
            deletion: .done(200),
            body: .tracked(
                "sku",
                "kind",
                "identity",
                "extendedLocation",
                "zones",
                "placement",
                required: ["sku.name", "kind"],
                readOnly: ["properties.provisioningState", "properties.primaryEndpoints", "properties.creationTime"]
            ),
            names: .global("^[a-z0-9]{3,24}$", taken: "StorageAccountAlreadyTaken")
        )
        facts.body.choices = [
            "kind": ["Storage", "StorageV2", "BlobStorage", "FileStorage", "BlockBlobStorage"]
        ]
        facts.patch = .done(200)
        facts.states = StateWords(creating: "ResolvingDNS")
        facts.busy = .storage
        facts.implicit = [
            ResourceIdentifier.Pair(type: "blobServices", name: "default"),
            ResourceIdentifier.Pair(type: "tableServices", name: "default"),
        ]
        facts.defaults = [
            "properties": [
                "accessTier": "Hot", "supportsHttpsTrafficOnly": true, "minimumTlsVersion": "TLS1_0",
                "allowBlobPublicAccess": false, "networkAcls": ["bypass": "AzureServices", "defaultAction": "Allow"],
                "encryption": ["keySource": "Microsoft.Storage"],
            ]
        ]
        return facts
    }

    // Source: learn.microsoft.com/rest/api/keyvault/keyvault
    var vaultFacts: TypeFacts {
        guard self == .vault else {
            var facts = facts(
                creation: .done(201),
                replacement: .done(200),
                deletion: nil,
                body: .child(
                    "tags",
                    required: ["properties"],
                    readOnly: ["properties.secretUri", "properties.secretUriWithVersion"]
                ),
                names: NameRule(pattern: "^[0-9a-zA-Z-]{1,127}$")
            )
            facts.patch = .done(200)
            facts.busy = .vault
            facts.occupiesParent = true
            facts.hidden = ["properties.value"]
            return facts
        }
        var facts = facts(
            creation: .long(201, .location, seconds: 20),
            replacement: .done(200),
            deletion: .done(200),
            body: .tracked(
                required: ["properties.tenantId", "properties.sku.name", "properties.sku.family"],
                readOnly: ["properties.hsmPoolResourceId", "properties.privateEndpointConnections"]
            ),
            names: .global("^(?!.*--)[a-zA-Z][a-zA-Z0-9-]{1,22}[a-zA-Z0-9]$", taken: "VaultAlreadyExists")
        )
        facts.body.choices = [
            "properties.sku.name": ["standard", "premium"], "properties.createMode": ["default", "recover"],
        ]
        facts.patch = .done(200)
        facts.states = StateWords(creating: "RegisteringDns")
        facts.busy = .vault
        facts.hidden = ["properties.createMode"]
        facts.defaults = [
            "properties": [
                "enableSoftDelete": true, "softDeleteRetentionInDays": 90, "enableRbacAuthorization": false,
                "publicNetworkAccess": "Enabled", "accessPolicies": [],
            ]
        ]
        return facts
    }

    // Source: learn.microsoft.com/rest/api/cosmos-db-resource-provider
    var databaseFacts: TypeFacts {
        var facts: TypeFacts
        switch self {
        case .databaseAccount:
            facts = self.facts(
                creation: .long(200, .location, seconds: 180),
                replacement: .long(200, .location, seconds: 60),
                deletion: .long(202, .both, seconds: 90),
                body: .tracked(
                    "kind",
                    "identity",
                    required: ["properties.locations", "properties.databaseAccountOfferType"],
                    readOnly: [
                        "properties.provisioningState", "properties.documentEndpoint", "properties.readLocations",
                    ]
                ),
                names: .global("^[a-z0-9][a-z0-9-]{1,42}[a-z0-9]$", taken: "BadRequest")
            )
            facts.patch = .long(200, .location, seconds: 60)
            facts.states = StateWords(running: "Dequeued")
            facts.spelling = .regionNames
            facts.defaults = [
                "kind": "GlobalDocumentDB",
                "properties": [
                    "publicNetworkAccess": "Enabled", "enableAutomaticFailover": false,
                    "consistencyPolicy": ["defaultConsistencyLevel": "Session"], "minimalTlsVersion": "Tls12",
                ],
            ]
        case .databaseUser:
            facts = self.facts(
                creation: .long(202, .location, seconds: 15),
                replacement: .long(202, .location, seconds: 10),
                deletion: .long(202, .location, seconds: 10),
                body: .child(),
                names: .guid
            )
            facts.occupiesParent = true
        default:
            facts = self.facts(
                creation: .long(202, .both, seconds: 15),
                replacement: .long(202, .both, seconds: 10),
                deletion: .long(202, .both, seconds: 10),
                body: .child("location", "tags", required: ["properties.resource.id"]),
                names: NameRule(pattern: "^[^/\\\\#?]{1,255}$")
            )
            facts.hidden = ["properties.options"]
            facts.occupiesParent = true
        }
        facts.busy = .database
        return facts
    }

    // Source: learn.microsoft.com/rest/api/aiservices/accountmanagement
    var modelFacts: TypeFacts {
        guard self == .modelAccount else {
            var facts = facts(
                creation: .long(201, .asyncOperation, seconds: 30),
                replacement: .long(200, .asyncOperation, seconds: 20),
                deletion: .long(202, .location, seconds: 10),
                body: .child(
                    "sku",
                    "tags",
                    required: ["properties"],
                    readOnly: ["properties.provisioningState", "etag"]
                ),
                names: NameRule(pattern: "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")
            )
            facts.patch = .long(202, .location, seconds: 20)
            facts.states = StateWords(creating: "Accepted", updating: "Accepted", running: "Running")
            facts.busy = .model
            facts.occupiesParent = true
            facts.hasTag = true
            facts.defaults = ["properties": ["versionUpgradeOption": "OnceNewDefaultVersionAvailable"]]
            return facts
        }
        var facts = facts(
            creation: .long(201, .provisioningState, seconds: 30),
            replacement: .long(200, .provisioningState, seconds: 10),
            deletion: .long(202, .location, seconds: 20),
            body: .tracked(
                "sku",
                "kind",
                "identity",
                required: ["sku.name", "kind"],
                readOnly: ["properties.provisioningState", "properties.endpoint", "etag"]
            ),
            names: .global("^[a-zA-Z0-9][a-zA-Z0-9_.-]{1,63}$", taken: "CustomDomainInUse")
        )
        facts.patch = .long(202, .location, seconds: 10)
        facts.states = StateWords(creating: "Accepted", updating: "Moving")
        facts.busy = .model
        facts.hasTag = true
        facts.hidden = ["properties.restore"]
        facts.defaults = ["properties": ["publicNetworkAccess": "Enabled"]]
        return facts
    }
}
