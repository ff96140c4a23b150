public import JSONText

/// Who a service is, in its logs and at the addresses that every service has.
public struct ServiceIdentity: Sendable {
    /// The name that operators know it by: `chat-api`.
    public let name: String
    public let version: String
    /// What `/openapi.json` answers: the service's own description in OpenAPI 3.1.
    public var document: [UInt8]?
    /// What `/ready` asks for.
    public var dependencies: [DependencyCheck] = []

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
