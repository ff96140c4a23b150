/// How to reach the message bus: a connection string, or an address with an identity.
public enum BusConnection: Sendable, Hashable {
    /// The setting itself: `Endpoint=sb://…;SharedAccessKeyName=…;SharedAccessKey=…`.
    case key(connectionString: SecretValue)
    /// What Azure gives instead, so that no key is anywhere.
    case identity(BusIdentity)
}

/// The address of a bus, and as whom to ask it.
public struct BusIdentity: Sendable, Hashable {
    /// The namespace: `name.servicebus.windows.net`.
    public let host: String
    /// Which identity, where there are several.
    public let clientID: String?
    /// Whether only the identity that Azure gives to the app or machine will do; else whoever is signed in.
    public let isManaged: Bool

    public init(host: String, clientID: String?, isManaged: Bool) {
        self.host = host
        self.clientID = clientID
        self.isManaged = isManaged
    }
}

/// A kind of setting that Azure can give as several: an address and an identity in place of a key.
///
/// Source: learn.microsoft.com/azure/azure-functions/functions-reference#configure-an-identity-based-connection
public protocol IdentityBased {
    /// What the name of the address adds to that of the setting.
    static var addressSuffix: String { get }
}

extension BusConnection: IdentityBased {
    public static let addressSuffix = "__fullyQualifiedNamespace"
}
