public import AsyncHTTPClient
public import Settings

/// A message bus that a connection string leads to.
public struct ServiceBus: Sendable {
    private let connection: ConnectionString
    private let client: HTTPClient

    /// Describes a bus; nothing is sent yet.
    ///
    /// - Parameters:
    ///   - connection: The connection string; a secret, because it holds the key.
    ///   - client: Sends the requests; whoever made it shuts it down.
    /// - Throws: ``ConnectionStringError`` with all that is wrong with the string.
    public init(_ connection: SecretValue, client: HTTPClient) throws(ConnectionStringError) {
        self.connection = try ConnectionString(parsing: connection)
        self.client = client
    }

    /// One of its queues or topics, or a subscription as `topic/subscriptions/name`.
    public func queue(_ name: String) throws(MessagingError) -> ServiceBusQueue {
        try ServiceBusQueue(name, connection: connection, client: client)
    }
}
