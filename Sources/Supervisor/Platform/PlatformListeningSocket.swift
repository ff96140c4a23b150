import Dispatch

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// A port of loopback where connections wait until a process takes them.
final class ListeningSocket: Sendable {
    let descriptor: Int32

    /// As many connections may wait as the services themselves allow.
    private static let backlog: Int32 = 4096

    /// Begins to listen.
    ///
    /// - Throws: ``PortsTaken``.
    init(port: Int) throws(PortsTaken) {
        descriptor = socket(AF_INET, PlatformPorts.stream, 0)
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        guard PlatformPorts.bind(descriptor, to: port), listen(descriptor, Self.backlog) == 0 else {
            throw PortsTaken(holders: [PortHolder(listeningOn: port)])
        }
    }

    deinit { close(descriptor) }

    /// Whether a connection waits that nobody has taken.
    var hasWaiting: Bool {
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&entry, 1, 0) > 0
    }

    /// Returns as soon as a connection waits; takes none.
    ///
    /// - Throws: `CancellationError` when the task is cancelled first.
    func connection() async throws {
        let arrival = Gate()
        let source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: .global())
        source.setEventHandler { arrival.open() }
        // The descriptor must stay what it is until nobody watches it any more.
        source.setCancelHandler { withExtendedLifetime(self) {} }
        source.activate()
        defer { source.cancel() }
        try await arrival.wait()
    }

    /// Another descriptor of the same socket, for somebody who closes it.
    func duplicate() -> Int32 {
        let copy = dup(descriptor)
        _ = fcntl(copy, F_SETFD, FD_CLOEXEC)
        return copy
    }
}
