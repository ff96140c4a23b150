import Crypto
package import SystemPackage
import WebFormats

/// A package on disk.
package struct PackageFile: Sendable, Hashable {
    private static let pieceSize = 1 << 20

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
        var size: Int64 = 0
        do {
            try Self.read(path, by: Self.pieceSize) { piece in
                hash.update(bufferPointer: piece)
                size += Int64(piece.count)
            }
        } catch {
            throw .unreadable("\(path)", reason: "\(error)")
        }
        self.path = path
        self.size = size
        self.digest = hash.finalize().hexadecimal
    }

    /// Reads a file, one piece at a time.
    static func read(_ path: FilePath, by pieceSize: Int, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        let file = try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
        try file.closeAfter {
            let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: pieceSize, alignment: 16)
            defer { piece.deallocate() }
            while true {
                let count = try file.read(into: piece)
                guard count > 0 else { return }
                try body(UnsafeRawBufferPointer(rebasing: piece[..<count]))
            }
        }
    }
}
