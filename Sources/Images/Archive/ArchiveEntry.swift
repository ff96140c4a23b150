/// One folder or file of a layer, with nothing that differs from one machine to the next.
struct ArchiveEntry: Sendable, Hashable {
    /// Without a slash at the beginning: `etc/passwd`.
    let path: String
    let mode: Int
    /// The numbers of user and group.
    var owner = 0
    let contents: Contents

    enum Contents: Sendable, Hashable {
        case folder
        case bytes([UInt8])
        /// A file of the machine that builds.
        case file(path: String)
    }

    static func folder(_ path: String, mode: Int = 0o755, owner: Int = 0) -> ArchiveEntry {
        ArchiveEntry(path: path, mode: mode, owner: owner, contents: .folder)
    }

    static func text(_ path: String, _ text: String) -> ArchiveEntry {
        ArchiveEntry(path: path, mode: 0o644, contents: .bytes(Array(text.utf8)))
    }
}
