public import HummingbirdCore
public import Logging
public import NIOCore

/// A connection whose requests are answered on its own event loop, so that none of them changes threads on its way.
public struct ConnectionOnItsLoop<Connection: ServerChildChannel>: ServerChildChannel {
    private let connection: Connection

    public init(_ connection: Connection) {
        self.connection = connection
    }

    public func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Connection.Value> {
        connection.setup(channel: channel, logger: logger)
    }

    public func handle(value: Connection.Value, logger: Logger) async {
        await withTaskExecutorPreference(LoopExecutor.of(value.channel.eventLoop)) {
            await connection.handle(value: value, logger: logger)
        }
    }
}
