/// One folder or file of an archive, with nothing that differs from one machine to the next.
package struct ArchiveEntry: Sendable, Hashable {
    /// Without a slash at the beginning: `etc/passwd`.
    package let path: String
    package let mode: Int
    /// The numbers of user and group.
    package let owner: Int
    package let kind: Kind

    package enum Kind: Sendable, Hashable {
        case folder
        case file(FileContents)
    }

    package static func folder(_ path: String, mode: Int = 0o755, owner: Int = 0) -> ArchiveEntry {
        ArchiveEntry(path: path, mode: mode, owner: owner, kind: .folder)
    }

    package static func file(_ path: String, mode: Int = 0o644, _ contents: FileContents) -> ArchiveEntry {
        ArchiveEntry(path: path, mode: mode, owner: 0, kind: .file(contents))
    }
}
