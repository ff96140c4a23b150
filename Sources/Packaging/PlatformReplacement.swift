#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

import SystemPackage

/// A file that is written beside its place and takes it when it is complete.
enum PlatformReplacement {
    /// Writes a file so that there is the old one or the whole new one at any moment.
    ///
    /// - Parameters:
    ///   - path: Its place.
    ///   - write: Fills it.
    /// - Throws: What `write` throws, `Errno`.
    static func replace(_ path: FilePath, _ write: (FileDescriptor) throws -> Void) throws {
        let draft = path.removingLastComponent().appending(".\(path.lastComponent?.string ?? "")-\(getpid())")
        let file = try FileDescriptor.open(
            draft,
            .writeOnly,
            options: [.create, .truncate, .closeOnExec],
            permissions: [.ownerReadWrite, .groupRead, .otherRead]
        )
        do {
            // A disk may say that it is full only when the file is closed.
            try file.closeAfter { try write(file) }
            guard rename(draft.string, path.string) == 0 else { throw Errno(rawValue: errno) }
        } catch {
            unlink(draft.string)
            throw error
        }
    }
}
