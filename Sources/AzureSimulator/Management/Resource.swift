import JSONText

#if canImport(FoundationEssentials)
import struct FoundationEssentials.Date
#else
import struct Foundation.Date
#endif

/// A resource that is there, or on its way.
struct Resource: Sendable {
    enum State: Sendable, Hashable { case creating, updating, deleting, succeeded, failed }

    /// With the types as Azure spells them.
    let identifier: ResourceIdentifier
    let facts: TypeFacts
    /// What was written, with what Azure adds to it.
    var body: JSON
    var state: State
    let createdAt: Date
    var changedAt: Date
    /// Counts the writes; the entity tag follows from it.
    var revision = 1
    /// The identity of a resource that is or has one, and other names that Azure gives once and for all.
    let principalID: String
    let clientID: String
    /// Nobody finds it before.
    var visibleFrom: Date

    var key: String { identifier.key }
    var name: String { identifier.name }

    /// The entity tag.
    ///
    /// Source: RFC 9110, section 8.8.3
    var tag: String { "\"\(clientID.prefix(8))-\(revision)\"" }

    var region: String? { body["location"]?.string.map { Region.plain($0) } }

    /// The word for what goes on; `nil` where the type does not tell.
    var stateWord: String? {
        guard let words = facts.states else { return nil }
        return switch state {
        case .creating: words.creating
        case .updating: words.updating
        case .deleting: words.deleting
        case .succeeded: words.succeeded
        case .failed: "Failed"
        }
    }
}

/// A group of resources.
struct ResourceGroup: Sendable {
    let subscription: String
    let name: String
    var body: JSON
    var isDeleting = false

    /// The identifier as the API of groups spells it.
    var identifier: String { "/subscriptions/\(subscription)/resourceGroups/\(name)" }
    var key: String { identifier.lowercased() }

    var json: JSON {
        let own: JSON = [
            "id": .string(identifier), "name": .string(name), "type": "Microsoft.Resources/resourceGroups",
        ]
        let state: JSON = ["properties": ["provisioningState": isDeleting ? "Deleting" : "Succeeded"]]
        return own.overlaid(by: body).overlaid(by: state)
    }
}

/// The regions by both of their names.
enum Region {
    private static let names = [
        "westeurope": "West Europe", "northeurope": "North Europe", "swedencentral": "Sweden Central",
        "eastus": "East US", "westus": "West US", "westus2": "West US 2", "germanywestcentral": "Germany West Central",
    ]

    /// `westeurope`, whichever way it is written.
    static func plain(_ name: String) -> String { name.lowercased().replacing(" ", with: "") }

    /// `West Europe`.
    static func displayName(_ name: String) -> String { names[plain(name)] ?? name }
}
