public import JSONText

/// How far something is that takes a while, by the word that a service has for it.
///
/// Only the ends have fixed words, and not even these are spelt alike everywhere; every other word means that it goes
/// on. Sources: learn.microsoft.com/azure/azure-resource-manager/management/async-operations; for the spellings
/// github.com/hashicorp/go-azure-sdk, `sdk/client/resourcemanager/poller_lro.go`
public enum OperationState: Sendable, Hashable {
    case running
    case succeeded
    /// It has ended otherwise: failed, or canceled.
    case ended(String)

    init(_ word: String) {
        switch word.lowercased() {
        case "succeeded", "completed": self = .succeeded
        case "failed", "canceled", "cancelled": self = .ended(word)
        default: self = .running
        }
    }

    /// What the status document of an operation says; `nil` where it says nothing.
    init?(ofStatus document: JSON?) {
        guard let word = document?["status"]?.string ?? Self.provisioning(document) else { return nil }
        self.init(word)
    }

    /// What a resource says of itself; `nil` where it says nothing, which means that it is done.
    public init?(ofResource document: JSON?) {
        guard let word = Self.provisioning(document) else { return nil }
        self.init(word)
    }

    private static func provisioning(_ document: JSON?) -> String? {
        document?["properties"]?["provisioningState"]?.string
    }
}
