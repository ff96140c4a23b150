import NIOCore

/// The connections of one event loop, which keeps them until they close.
///
/// A timer for each would have to be searched for among all others whenever a connection closes. So one looks at all.
final class OpenConnections {
    private let loop: any EventLoop
    /// How long a client may say nothing between requests, or in the middle of one.
    private let patience: TimeAmount
    private var connections: [ObjectIdentifier: HTTPConnection] = [:]
    private var isWatching = false
    /// Whether the service is about to stop.
    private(set) var isQuiescing = false
    /// Where messages are put together: one buffer for all, as long as nobody is slow to take them.
    private var spare = ByteBuffer()

    init(on loop: any EventLoop, patience: TimeAmount) {
        self.loop = loop
        self.patience = patience
    }

    func add(_ connection: HTTPConnection) {
        connections[ObjectIdentifier(connection)] = connection
        if isQuiescing { connection.quiesce() } else { watch() }
    }

    func remove(_ connection: HTTPConnection) {
        connections[ObjectIdentifier(connection)] = nil
    }

    /// Lets answers in hand be finished, and takes no more requests.
    func quiesce() {
        isQuiescing = true
        for connection in connections.values { connection.quiesce() }
    }

    /// An empty buffer; where it is given back when it is not read any more, no memory is needed for the next.
    func borrowBuffer() -> ByteBuffer {
        var buffer = ByteBuffer()
        swap(&buffer, &spare)
        buffer.clear()
        return buffer
    }

    func giveBack(_ buffer: ByteBuffer) { spare = buffer }

    /// Looks a few times while the patience lasts, as long as there is somebody to look at.
    private func watch() {
        guard !isWatching, !connections.isEmpty else { return }
        isWatching = true
        loop.assumeIsolated().scheduleTask(in: .nanoseconds(patience.nanoseconds / 4)) { [weak self] in
            guard let self else { return }
            let limit = loop.now - patience
            for connection in connections.values { connection.closeIfQuiet(since: limit) }
            isWatching = false
            watch()
        }
    }
}
