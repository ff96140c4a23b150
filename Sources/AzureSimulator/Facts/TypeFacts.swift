import HTTPTypes
import JSONText
import Renderers

/// What the simulator knows of one type of resource; everything else is the same for all.
///
/// Source of the codes and of how long operations are announced: the newest stable Python management SDKs, which are
/// made from github.com/Azure/azure-rest-api-specs. Where several codes are declared, this takes one.
struct TypeFacts: Sendable {
    let name: String
    let versions: [String]
    /// The type in templates; `nil` for what only the management of stacks uses.
    var kind: ResourceType?
    var creation: WriteFacts
    var replacement: WriteFacts
    /// `nil` where the type knows no PATCH.
    var patch: WriteFacts?
    /// `nil` where the type knows no DELETE.
    var deletion: WriteFacts?
    /// The words for what goes on; `nil` where the resource does not tell.
    var states: StateWords?
    var body: BodyFacts
    /// What Azure adds where the body says nothing.
    var defaults: JSON = [:]
    /// What is written and never read.
    var hidden: [PropertyPath] = []
    /// Arrays that come back in another order.
    var reordered: [PropertyPath] = []
    var spelling = Spelling.asWritten
    var names: NameRule
    /// Children that come with the resource.
    var implicit: [ResourceIdentifier.Pair] = []
    var references: [ReferenceFacts] = []
    var busy = BusyAnswer.another
    /// Whether a write occupies the parent, too.
    var occupiesParent = false
    /// Whether it belongs to another resource, of whatever type.
    var isExtension = false
    var hasTag = false
}

/// How one kind of write is answered.
struct WriteFacts: Sendable, Hashable {
    var status: Int
    /// `nil` where the answer comes when all is done.
    var form: LongRunningForm?
    var time: Duration

    static func done(_ status: Int) -> WriteFacts { WriteFacts(status: status, form: nil, time: .zero) }

    static func long(_ status: Int, _ form: LongRunningForm, seconds: Int) -> WriteFacts {
        WriteFacts(status: status, form: form, time: .seconds(seconds))
    }
}

/// How a client learns that an operation is over.
///
/// Source: learn.microsoft.com/azure/azure-resource-manager/management/async-operations
enum LongRunningForm: Sendable, Hashable {
    case asyncOperation
    case location
    case both
    /// No header at all: the resource itself tells.
    case provisioningState
}

/// The words of a type for what goes on; there is no list of them that holds for all.
struct StateWords: Sendable, Hashable {
    var creating = "Creating"
    var updating = "Updating"
    var deleting = "Deleting"
    var succeeded = "Succeeded"
    /// What the address of an operation says meanwhile.
    var running = "InProgress"
}

/// How identifiers and regions come back.
enum Spelling: Sendable, Hashable {
    case asWritten
    /// `/resourcegroups/` for `/resourceGroups/`.
    case lowercaseGroups
    /// `West Europe` for `westeurope`.
    case regionNames
}

/// What the built-in checks know of a body; the official schemas know more.
struct BodyFacts: Sendable, Hashable {
    /// The members at the top, without those that the address gives.
    var members: Set<String>
    var required: [PropertyPath] = []
    var readOnly: [PropertyPath] = []
    var choices: [PropertyPath: [String]] = [:]

    static func tracked(_ more: String..., required: [PropertyPath] = [], readOnly: [PropertyPath] = []) -> BodyFacts {
        BodyFacts(
            members: Set(["location", "tags", "properties"] + more),
            required: ["location"] + required,
            readOnly: readOnly
        )
    }

    static func child(_ more: String..., required: [PropertyPath] = [], readOnly: [PropertyPath] = []) -> BodyFacts {
        BodyFacts(members: Set(["properties"] + more), required: required, readOnly: readOnly)
    }
}

/// A property that names another resource.
struct ReferenceFacts: Sendable, Hashable {
    var path: PropertyPath
    var type: String
    /// Whether the other one cannot be deleted meanwhile.
    var keeps = false
    /// Whether a write of this one occupies the other one, too.
    var occupies = false
}

/// What a name of a type may be.
///
/// Source: learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules
struct NameRule: Sendable, Hashable {
    var pattern: String
    /// The code with which a name is refused that somebody else has; `nil` where names are one's own.
    var takenCode: String?
}

/// How a resource says that it is busy; each provider has its own way.
///
/// Sources: github.com/hashicorp/terraform-provider-azurerm/issues/29351 (storage) and /15842 (databases),
/// github.com/microsoft/azure-container-apps/issues/175 and /701,
/// github.com/Azure/azure-functions-on-container-apps/issues/34 (sites)
enum BusyAnswer: Sendable, Hashable {
    case another
    case storage
    case containerApp
    case containerEnvironment
    case site
    case database
    case model
    case vault
    case bus

    func refusal(_ identifier: String) -> Refusal {
        switch self {
        case .another:
            .conflict("AnotherOperationInProgress", "Another operation is in progress on \(identifier). Retry later.")
        case .storage:
            .conflict("StorageAccountOperationInProgress", "An operation is currently performing on \(identifier).")
        case .containerApp:
            .conflict("ContainerAppLockConflict", "Another operation holds the lock of \(identifier).")
        case .containerEnvironment:
            .conflict("ManagedEnvironmentOperationInProgress", "An operation is in progress on \(identifier).")
        case .site: web(identifier)
        case .database:
            Refusal(
                .preconditionFailed,
                "PreconditionFailed",
                "There is already an operation in progress on \(identifier)."
            )
        case .model: .conflict("RequestConflict", "Another operation is being performed on \(identifier).")
        case .vault: .conflict("ConflictError", "A conflicting operation is in progress on \(identifier).")
        // The code is common knowledge, unchecked.
        case .bus:
            .conflict("Conflict", "SubCode=40901. Another conflicting operation is in progress on \(identifier).")
        }
    }

    private func web(_ identifier: String) -> Refusal {
        var refusal = Refusal.conflict(
            "Conflict",
            "Cannot modify this site because another operation is in progress. Details: \(identifier)"
        )
        refusal.isOfWebProvider = true
        return refusal
    }
}

extension NameRule {
    /// Letters, digits, dots, hyphens and underscores.
    static func usual(_ length: ClosedRange<Int>) -> NameRule {
        NameRule(pattern: "^[A-Za-z0-9_.()-]{\(length.lowerBound),\(length.upperBound)}$")
    }

    static func global(_ pattern: String, taken: String) -> NameRule { NameRule(pattern: pattern, takenCode: taken) }

    static let guid = NameRule(pattern: "^[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$")

    static func exactly(_ names: String...) -> NameRule {
        NameRule(pattern: "^(" + names.joined(separator: "|") + ")$")
    }
}
