/// What the manager that started this process wants to be told by it.
///
/// Source: freedesktop.org/software/systemd/man/sd_notify.html and sd_watchdog_enabled.html
struct ServiceManagerRequest: Sendable, Hashable {
    let address: NotifyAddress
    /// How often the process must show that it is alive; `nil` where nobody watches.
    let watchdog: Duration?

    /// Reads the variables of the manager; `nil` where none asks.
    ///
    /// - Parameters:
    ///   - processID: The number of this process; a watchdog may be meant for another one.
    ///   - variable: The value of a variable of the environment.
    init?(processID: Int32, variable: (String) -> String?) {
        guard let address = variable("NOTIFY_SOCKET").flatMap(NotifyAddress.init(parsing:)) else { return nil }
        self.address = address
        let isMeant = variable("WATCHDOG_PID").map { Int32($0) == processID } ?? true
        let microseconds = variable("WATCHDOG_USEC").flatMap { Int64($0) } ?? 0
        self.watchdog = isMeant && microseconds > 0 ? .microseconds(microseconds) : nil
    }
}

/// Where the manager listens for datagrams.
struct NotifyAddress: Sendable, Hashable {
    /// A path, or a name of the abstract namespace with a zero byte in front (unix(7)).
    let bytes: [UInt8]

    /// The longest name of a socket, with the zero byte that ends a path.
    private static let limit = 108

    /// Reads `/path/of/socket` or `@abstract`; any other family of addresses is none of ours.
    init?(parsing text: String) {
        guard text.utf8.count > 1, text.utf8.count < Self.limit else { return nil }
        switch text.utf8.first {
        case UInt8(ascii: "/"): bytes = Array(text.utf8) + [0]
        case UInt8(ascii: "@"): bytes = [0] + text.utf8.dropFirst()
        default: return nil
        }
    }
}
