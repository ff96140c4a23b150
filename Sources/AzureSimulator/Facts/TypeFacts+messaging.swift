import JSONText
import Renderers

extension ResourceType {
    // Source: learn.microsoft.com/rest/api/servicebus/controlplane-stable
    var busFacts: TypeFacts {
        guard self == .namespace else { return busChildFacts }
        var facts = facts(
            creation: .long(202, .location, seconds: 60),
            replacement: .long(202, .location, seconds: 20),
            deletion: .long(202, .location, seconds: 30),
            body: .tracked(
                "sku",
                "identity",
                readOnly: [
                    "properties.provisioningState", "properties.status", "properties.createdAt",
                    "properties.serviceBusEndpoint", "properties.metricId",
                ]
            ),
            names: .global("^[A-Za-z][A-Za-z0-9-]{4,48}[A-Za-z0-9]$", taken: "NamespaceUnavailable")
        )
        facts.body.choices = ["sku.name": ["Basic", "Standard", "Premium"]]
        facts.patch = .done(200)
        facts.states = StateWords(
            creating: "Created",
            updating: "Updating",
            deleting: "Removing",
            running: "Activating"
        )
        facts.busy = .bus
        facts.spelling = .regionNames
        facts.defaults = [
            "sku": ["name": "Standard", "tier": "Standard"],
            "properties": [
                "publicNetworkAccess": "Enabled", "disableLocalAuth": false, "zoneRedundant": false,
                "minimumTlsVersion": "1.2",
            ],
        ]
        return facts
    }

    private var busChildFacts: TypeFacts {
        var facts = facts(
            creation: .done(200),
            replacement: .done(200),
            deletion: .done(200),
            body: .child(readOnly: ["properties.createdAt", "properties.updatedAt", "properties.countDetails"]),
            names: NameRule(pattern: "^[A-Za-z0-9]([A-Za-z0-9._/~-]{0,258}[A-Za-z0-9])?$")
        )
        facts.busy = .bus
        facts.occupiesParent = true
        switch self {
        case .queue:
            facts.defaults = [
                "properties": [
                    "lockDuration": "PT1M", "maxSizeInMegabytes": 1024, "maxDeliveryCount": 10, "status": "Active",
                    "requiresDuplicateDetection": false, "requiresSession": false, "enablePartitioning": false,
                    "defaultMessageTimeToLive": "P10675199DT2H48M5.4775807S", "enableBatchedOperations": true,
                    "deadLetteringOnMessageExpiration": false, "autoDeleteOnIdle": "P10675199DT2H48M5.4775807S",
                    "duplicateDetectionHistoryTimeWindow": "PT10M", "enableExpress": false,
                ]
            ]
        case .topic:
            facts.defaults = [
                "properties": [
                    "maxSizeInMegabytes": 1024, "status": "Active", "requiresDuplicateDetection": false,
                    "enableBatchedOperations": true, "supportOrdering": true, "enablePartitioning": false,
                    "defaultMessageTimeToLive": "P10675199DT2H48M5.4775807S",
                ]
            ]
        case .subscription:
            facts.defaults = [
                "properties": [
                    "lockDuration": "PT1M", "maxDeliveryCount": 10, "requiresSession": false, "status": "Active",
                    "deadLetteringOnMessageExpiration": false, "enableBatchedOperations": true,
                    "deadLetteringOnFilterEvaluationExceptions": true,
                ]
            ]
            // A subscription begins with a rule that lets everything pass.
            facts.implicit = [ResourceIdentifier.Pair(type: "rules", name: "$Default")]
        default:
            facts.names = NameRule(pattern: "^[$]?[A-Za-z0-9]([A-Za-z0-9._-]{0,48}[A-Za-z0-9])?$")
            facts.defaults = ["properties": ["action": [:], "filterType": "SqlFilter"]]
        }
        return facts
    }

    // Source: learn.microsoft.com/rest/api/redis/redisenterprisecache
    var cacheFacts: TypeFacts {
        switch self {
        case .cache:
            var facts = facts(
                creation: .long(201, .provisioningState, seconds: 300),
                replacement: .long(200, .provisioningState, seconds: 120),
                deletion: .long(202, .both, seconds: 120),
                body: .tracked(
                    "sku",
                    "zones",
                    "identity",
                    required: ["sku.name", "properties.publicNetworkAccess"],
                    readOnly: [
                        "properties.provisioningState", "properties.hostName", "properties.resourceState", "kind",
                    ]
                ),
                names: .global("^(?=.{1,60}$)[A-Za-z0-9]+(-[A-Za-z0-9]+)*$", taken: "NameNotAvailable")
            )
            facts.patch = .long(202, .both, seconds: 120)
            facts.states = StateWords()
            facts.defaults = ["properties": ["minimumTlsVersion": "1.2", "highAvailability": "Enabled"]]
            facts.spelling = .regionNames
            return facts
        case .cacheDatabase:
            var facts = facts(
                creation: .long(201, .provisioningState, seconds: 60),
                replacement: .long(200, .provisioningState, seconds: 30),
                deletion: .long(202, .both, seconds: 30),
                body: .child(readOnly: ["properties.provisioningState", "properties.resourceState"]),
                names: .exactly("default")
            )
            facts.patch = .long(202, .both, seconds: 30)
            facts.states = StateWords()
            facts.occupiesParent = true
            facts.defaults = [
                "properties": [
                    "clientProtocol": "Encrypted", "port": 10000, "clusteringPolicy": "OSSCluster",
                    "evictionPolicy": "VolatileLRU", "deferUpgrade": "NotDeferred",
                ]
            ]
            return facts
        default:
            var facts = facts(
                creation: .long(201, .provisioningState, seconds: 20),
                replacement: .long(200, .provisioningState, seconds: 10),
                deletion: .long(202, .both, seconds: 10),
                body: .child(
                    required: ["properties.accessPolicyName", "properties.user.objectId"],
                    readOnly: ["properties.provisioningState"]
                ),
                names: NameRule(pattern: "^[A-Za-z0-9]{1,60}$")
            )
            facts.states = StateWords()
            facts.occupiesParent = true
            return facts
        }
    }
}
