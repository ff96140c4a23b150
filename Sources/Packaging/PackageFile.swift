import Artifacts
import Crypto
package import SystemPackage
import WebFormats

/// A package on disk.
package struct PackageFile: Sendable, Hashable {
    package let path: FilePath
    package let size: Int64
    /// The SHA-256 of its bytes, in hexadecimal digits.
    ///
    /// The same files make the same package, so that an equal digest means that nothing changed.
    package let digest: String

    /// Looks at a package that is there.
    ///
    /// - Throws: ``PackageError/unreadable(_:reason:)``.
    package init(at path: FilePath) throws(PackageError) {
        var hash = SHA256()
        do {
            let file = try SourceFile("\(path)")
            defer { file.close() }
            try file.forEachPiece { hash.update(data: $0) }
            self.size = Int64(file.size)
        } catch {
            throw PackageError(ArtifactError(reading: "\(path)", error), of: "\(path)")
        }
        self.path = path
        self.digest = hash.finalize().hexadecimal
    }
}
