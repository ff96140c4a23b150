/// One resource's mention of another, and what the mention allows.
///
/// Edges of the graph are computed from mentions and never declared by hand.
public struct Reference: Sendable, Hashable {
    public let target: ResourceID
    /// What the mention grants the identity of the resource that makes it; `nil` for a plain fact such as a name.
    public let role: Role?
    /// The part of the target that the role covers; `nil` covers the target whole.
    public let part: String?

    init(_ target: ResourceID, role: Role? = nil, part: String? = nil) {
        self.target = target
        self.role = role
        self.part = part
    }
}

/// The least that a resource may be allowed to do with another.
public enum Role: String, Sendable, Hashable, CaseIterable {
    /// What the Functions host needs of its storage: blobs as their owner, queues and tables to write.
    case hostFunctions
    case pullImages
    case readBlobs
    case readDocuments
    case readSecret
    case readTables
    case receiveMessages
    case sendMessages
    case useCache
    case useModel
    case writeBlobs
    case writeDocuments
    case writeTables
    case writeTelemetry
}

/// A permission that a stack needs, derived from a reference.
public struct Grant: Sendable, Hashable {
    public let principal: ResourceID
    public let role: Role
    public let target: ResourceID
    /// The part of the target that the role covers, such as one secret; `nil` covers the target whole.
    public let part: String?
}

extension Graph {
    /// Every permission the stack needs, each once, in the order of the resources that need them.
    public var grants: [Grant] {
        nodes.flatMap { node in
            node.references.compactMap { reference in
                reference.role.map { role in
                    Grant(principal: node.id, role: role, target: reference.target, part: reference.part)
                }
            }
        }
    }
}

extension Node {
    /// The mentions this node makes of others, each once, in the order of mention.
    public var references: [Reference] {
        var seen: Set<Reference> = []
        return allReferences.filter { seen.insert($0).inserted }
    }

    /// The resources this node needs, each once, in the order of mention.
    public var dependencies: [ResourceID] {
        var seen: Set<ResourceID> = []
        return allReferences.map(\.target).filter { seen.insert($0).inserted }
    }

    private var allReferences: [Reference] {
        switch kind {
        case .cache, .database, .modelDeployment, .queue, .registry, .secretStore, .storage, .telemetry, .topic: []
        case .subscription(let subscription): [Reference(subscription.topic)]
        case .functionApp(let app):
            [Reference(app.storage, role: .hostFunctions)] + app.functions.flatMap(\.references)
                + app.service.references
        case .containerApp(let app):
            [Reference(app.image.registry, role: .pullImages)] + (app.source?.references ?? [])
                + app.triggers.flatMap(\.references) + app.service.references
        }
    }
}

extension FunctionNode {
    fileprivate var references: [Reference] {
        switch trigger {
        case .http, .timer: []
        case .messages(let source): source.references
        }
    }
}

extension MessageSource {
    fileprivate var references: [Reference] {
        [Reference(origin, role: .receiveMessages)]
            + (deadLetters.map { [Reference($0, role: .sendMessages)] } ?? [])
    }
}

extension Trigger {
    fileprivate var references: [Reference] {
        switch self {
        case .http, .cpu: []
        case .backlog(let source, _): [Reference(source, role: .receiveMessages)]
        }
    }
}

extension ServiceNode {
    fileprivate var references: [Reference] {
        environment.flatMap { variable in
            switch variable.value {
            case .plain(let term): term.attributes.map { Reference($0.id, role: $0.attribute.role) }
            case .secret(let secret): [Reference(secret.store, role: .readSecret, part: secret.secret.name)]
            }
        }
    }
}

extension Term.Attribute {
    /// The access that a mention of this attribute needs.
    public var role: Role? {
        switch self {
        case .blobs(.read): .readBlobs
        case .blobs(.readWrite): .writeBlobs
        case .bus(.receive), .busEntity(.receive): .receiveMessages
        case .bus(.send), .busEntity(.send): .sendMessages
        case .cache: .useCache
        case .database(.read): .readDocuments
        case .database(.readWrite): .writeDocuments
        case .busEntity(nil), .hostname, .modelDeployment, .url: nil
        case .modelEndpoint: .useModel
        case .tables(.read): .readTables
        case .tables(.readWrite): .writeTables
        case .telemetry: .writeTelemetry
        }
    }
}
