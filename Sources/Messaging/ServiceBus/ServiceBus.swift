public import AsyncHTTPClient
import Azure
public import Logging
public import Settings

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A message bus, and the right to use it.
public struct ServiceBus: Sendable {
    private let endpoint: BusEndpoint
    private let credential: any BusCredential
    private let client: HTTPClient

    /// Describes a bus that a key opens; nothing is sent yet.
    ///
    /// - Parameters:
    ///   - connectionString: A secret, because it holds the key.
    ///   - client: Sends the requests; whoever made it shuts it down.
    /// - Throws: ``ConnectionStringError`` with all that is wrong with the string.
    public init(_ connectionString: SecretValue, client: HTTPClient) throws(ConnectionStringError) {
        let connection = try ConnectionString(parsing: connectionString)
        self.endpoint = connection.endpoint
        self.credential = SharedAccessCredential(connection)
        self.client = client
    }

    /// Describes a bus that an identity opens; nothing is sent yet.
    ///
    /// - Parameters:
    ///   - identity: Where the bus is, and as whom to ask it.
    ///   - environment: What Azure tells the process of its identity.
    ///   - client: Sends the requests, those for tokens too; whoever made it shuts it down.
    ///   - logger: Is told when a token cannot be renewed.
    /// - Throws: ``MessagingError/unknownEntity(_:)`` where the address is none.
    init(
        _ identity: BusIdentity,
        environment: [String: String],
        client: HTTPClient,
        logger: Logger
    ) throws(MessagingError) {
        // Azure's own names are asked over TLS; a bus on this machine is a test's.
        let isLocal = identity.host.hasPrefix("127.0.0.1:")
        guard let endpoint = BusEndpoint(scheme: isLocal ? .http : .https, authority: identity.host) else {
            throw .unknownEntity(identity.host)
        }
        let connection = AzureConnection(client: client, logger: logger)
        let cloud = AzureCloud.holding(endpoint)
        var environment = environment
        environment["AZURE_CLIENT_ID"] = identity.clientID
        let chain =
            identity.isManaged
            ? CredentialChain(
                managedIdentity: identity.clientID,
                environment: environment,
                cloud: cloud,
                connection: connection
            ) : CredentialChain(environment: environment, cloud: cloud, connection: connection)
        self.endpoint = endpoint
        self.credential = IdentityCredential(TokenCache(chain, connection: connection))
        self.client = client
    }

    /// Describes a bus as the settings of a service do; nothing is sent yet.
    ///
    /// - Parameters:
    ///   - connection: A connection string, or an address with an identity.
    ///   - environment: What Azure tells the process of its identity; that of the process where it is not given.
    ///   - client: Sends the requests; whoever made it shuts it down.
    ///   - logger: Is told when a token cannot be renewed.
    /// - Throws: ``ConnectionStringError``, ``MessagingError``.
    public init(
        _ connection: BusConnection,
        environment: [String: String]? = nil,
        client: HTTPClient,
        logger: Logger
    ) throws {
        switch connection {
        case .key(let connectionString): try self.init(connectionString, client: client)
        case .identity(let identity):
            let environment = environment ?? ProcessInfo.processInfo.environment
            try self.init(identity, environment: environment, client: client, logger: logger)
        }
    }

    /// One of its queues or topics, or a subscription as `topic/subscriptions/name`.
    ///
    /// - Throws: ``MessagingError/unknownEntity(_:)`` for what can be the name of none, such as one with a blank.
    public func queue(_ name: String) throws(MessagingError) -> ServiceBusQueue {
        // Source: learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules
        let isName = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
            case UInt8(ascii: "0")...UInt8(ascii: "9"): true
            default: Array(".-_/$".utf8).contains(byte)
            }
        }
        guard isName, !name.isEmpty else { throw .unknownEntity(name) }
        return ServiceBusQueue(name, at: endpoint, credential: credential, client: client)
    }
}

extension AzureCloud {
    /// The cloud that a bus is in, by its domain; these come from memory.
    fileprivate static func holding(_ bus: BusEndpoint) -> AzureCloud {
        if bus.host.hasSuffix(".chinacloudapi.cn") { return .china }
        if bus.host.hasSuffix(".usgovcloudapi.net") { return .usGovernment }
        return .public
    }
}
