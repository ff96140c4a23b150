#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

package import SystemPackage

/// A file that is written beside its place and takes it when it is complete.
package enum PlatformReplacement {
    /// Writes a file so that there is the old one or the whole new one at any moment.
    ///
    /// - Parameters:
    ///   - path: Its place.
    ///   - write: Fills it.
    /// - Throws: ``ArtifactError``; nothing half-written stays.
    package static func replace(
        _ path: FilePath,
        _ write: (FileDescriptor) throws -> Void
    ) throws(ArtifactError) {
        do {
            try move(draft(for: path), to: path, write)
        } catch {
            throw ArtifactError(writing: "\(path)", error)
        }
    }

    private static func draft(for path: FilePath) -> FilePath {
        path.removingLastComponent().appending(".\(path.lastComponent?.string ?? "")-\(getpid())")
    }

    private static func move(
        _ draft: FilePath,
        to path: FilePath,
        _ write: (FileDescriptor) throws -> Void
    ) throws {
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
