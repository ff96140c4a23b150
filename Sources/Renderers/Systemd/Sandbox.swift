/// What a service is kept from, beyond what files and users keep it from.
///
/// Source of every line: freedesktop.org/software/systemd/man/systemd.exec.html, "Sandboxing"
enum Sandbox {
    /// The line that begins what only the manager of the system can do; an empty line ends it.
    ///
    /// `install.sh --user` leaves the paragraph out, because a manager without privileges cannot start such a unit.
    static let systemHeading = "Only the manager of the system can do this."

    /// What any manager can do.
    static let common: [(String, String)] = [
        ("UMask", "0077"),
        ("NoNewPrivileges", "yes"),
        ("PrivateTmp", "yes"),
        ("ProtectSystem", "strict"),
        ("ProtectControlGroups", "yes"),
        ("ProtectHostname", "yes"),
        ("ProtectKernelTunables", "yes"),
        ("ProtectProc", "invisible"),
        ("ProcSubset", "pid"),
        ("KeyringMode", "private"),
        ("LockPersonality", "yes"),
        ("MemoryDenyWriteExecute", "yes"),
        ("RemoveIPC", "yes"),
        ("RestrictAddressFamilies", "AF_UNIX AF_INET AF_INET6"),
        ("RestrictNamespaces", "yes"),
        ("RestrictRealtime", "yes"),
        ("RestrictSUIDSGID", "yes"),
        ("SystemCallArchitectures", "native"),
        ("SystemCallErrorNumber", "EPERM"),
        ("SystemCallFilter", "@system-service"),
        ("SystemCallFilter", "~@privileged @resources"),
        // The threads of Dispatch make themselves less important.
        ("SystemCallFilter", "setpriority"),
    ]

    /// What needs privileges to set up.
    static let system: [(String, String)] = [
        ("DynamicUser", "yes"),
        ("AmbientCapabilities", ""),
        ("CapabilityBoundingSet", ""),
        ("DevicePolicy", "closed"),
        ("PrivateDevices", "yes"),
        ("PrivateUsers", "yes"),
        ("ProtectClock", "yes"),
        ("ProtectHome", "yes"),
        ("ProtectKernelLogs", "yes"),
        ("ProtectKernelModules", "yes"),
    ]

    /// What the broker needs no more than: nobody but this machine talks to it.
    static let loopbackOnly: [(String, String)] = [
        ("IPAddressDeny", "any"),
        ("IPAddressAllow", "localhost"),
    ]
}
