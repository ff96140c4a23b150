public import Settings

/// A key that tokens are signed with, and what they may be used for: an authorization rule of Service Bus.
///
/// Source: learn.microsoft.com/azure/service-bus-messaging/service-bus-sas#shared-access-authorization-policies
public struct SharedAccessKey: Sendable, Hashable {
    /// What a rule allows.
    public enum Right: String, Sendable, Hashable, CaseIterable {
        case listen = "Listen"
        case send = "Send"
        /// To declare entities; whoever may do that may do all.
        case manage = "Manage"
    }

    /// The name that tokens give to the key.
    public let name: String
    public let value: SecretValue
    public let rights: Set<Right>

    public init(name: String, value: SecretValue, rights: Set<Right> = Set(Right.allCases)) {
        self.name = name
        self.value = value
        self.rights = rights.contains(.manage) ? Set(Right.allCases) : rights
    }
}
