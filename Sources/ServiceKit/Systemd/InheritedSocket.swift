/// A listening socket that a service manager opened for this process.
///
/// Source: freedesktop.org/software/systemd/man/sd_listen_fds.html
struct InheritedSocket: Sendable, Hashable {
    let descriptor: Int32

    /// Descriptors are handed over from this number on.
    private static let first: Int32 = 3

    init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    /// Reads the variables of the manager; `nil` where it handed over nothing.
    ///
    /// - Parameters:
    ///   - processID: The number of this process; the variables may be meant for another one.
    ///   - variable: The value of a variable of the environment.
    /// - Throws: ``SettingsError/invalid(name:expected:)`` for more than one socket.
    init?(processID: Int32, variable: (String) -> String?) throws(SettingsError) {
        guard variable("LISTEN_PID").flatMap({ Int32($0) }) == processID, let count = variable("LISTEN_FDS"),
            count != "0"
        else { return nil }
        guard count == "1" else { throw .invalid(name: "LISTEN_FDS", expected: "1, for a service has one address") }
        self.descriptor = Self.first
    }

    /// Makes sure that the descriptor is what it should be, and that nobody else gets it.
    ///
    /// - Throws: ``SettingsError/invalid(name:expected:)`` when it takes no connections.
    func adopt() throws(SettingsError) {
        guard PlatformSockets.isListening(descriptor: descriptor) else {
            throw .invalid(name: "LISTEN_FDS", expected: "the number of sockets that listen for connections")
        }
        PlatformSockets.closeOnExec(descriptor: descriptor)
    }
}
