public import JSONText

/// Who a service is, in its health answer and its logs.
public struct ServiceIdentity: Sendable, Hashable {
    /// The name that operators know it by: `chat-api`.
    public let name: String
    public let version: String

    public init(name: String, version: String = ServiceIdentity.currentVersion) {
        self.name = name
        self.version = version
    }

    /// What `/health` answers while the service lives.
    public var health: JSON {
        ["status": "healthy", "service": .string(name), "version": .string(version)]
    }

    /// The version of Slipway that this code belongs to.
    public static let currentVersion = "0.1.0"
}
