import NIOCore
import NIOPosix
import NIOSSL
import Settings

/// One connection to a server, signed in and with its database chosen.
struct RedisConnection: Sendable {
    private let channel: any Channel
    private let handler: NIOLoopBound<RedisConnectionHandler>

    var isOpen: Bool { channel.isActive }

    /// Connects and signs in.
    ///
    /// - Throws: ``RedisError``.
    static func open(_ address: RedisAddress, _ options: RedisClient.Options) async throws -> RedisConnection {
        let connection = try await connect(address, options)
        do {
            if let password = address.password {
                let user = address.user.map { [RedisCommand.Argument($0)] } ?? []
                try await connection.greet(RedisCommand("AUTH", user + [.init(password.unsafeRevealed)]), options)
            }
            if address.database != 0 {
                try await connection.greet(RedisCommand("SELECT", .init(address.database)), options)
            }
            // A server that is still reading its files says so here.
            try await connection.greet(RedisCommand("PING"), options)
            return connection
        } catch {
            connection.close()
            throw error
        }
    }

    private static func connect(
        _ address: RedisAddress,
        _ options: RedisClient.Options
    ) async throws -> RedisConnection {
        do {
            let context = address.usesTLS ? try NIOSSLContext(configuration: options.tls) : nil
            return try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                .connectTimeout(TimeAmount(options.answerTime))
                .connect(host: address.host, port: address.port) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        let handler = RedisConnectionHandler(answerLimit: options.answerBytes)
                        let pipeline = channel.pipeline.syncOperations
                        if let context {
                            // Only names can be asked for; an address is compared with the certificate all the same.
                            let isName = (try? SocketAddress(ipAddress: address.host, port: 0)) == nil
                            let name = isName ? address.host : nil
                            try pipeline.addHandler(NIOSSLClientHandler(context: context, serverHostname: name))
                        }
                        try pipeline.addHandler(handler)
                        let bound = NIOLoopBound(handler, eventLoop: channel.eventLoop)
                        return RedisConnection(channel: channel, handler: bound)
                    }
                }
        } catch {
            throw RedisError.unreachable(reason: "\(error)")
        }
    }

    private func greet(_ command: RedisCommand, _ options: RedisClient.Options) async throws {
        do {
            _ = try await send(command, within: options.answerTime)
        } catch let error as NotSent {
            throw error.cause
        }
    }

    /// Whether the two are one.
    func isSame(as other: RedisConnection) -> Bool { channel === other.channel }

    /// Sends a command behind those that are on their way.
    ///
    /// Once sent, its answer is waited for even when the task is cancelled: nobody would know what it did.
    ///
    /// - Throws: ``RedisError``, ``NotSent``.
    func send(_ command: RedisCommand, within limit: Duration) async throws -> RedisValue {
        let promise = channel.eventLoop.makePromise(of: RedisValue.self)
        let call = RedisCall(command: command, limit: TimeAmount(limit), promise: promise)
        channel.eventLoop.execute { handler.value.submit(call) }
        return try await promise.futureResult.get()
    }

    func close() {
        channel.close(promise: nil)
    }

    /// Waits until the connection has ended, and ends it where the task is cancelled.
    func closed() async {
        await withTaskCancellationHandler {
            try? await channel.closeFuture.get()
        } onCancel: {
            close()
        }
    }
}
