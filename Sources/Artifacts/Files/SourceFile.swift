import SystemPackage

/// A file that is read in pieces, however large it is.
package struct SourceFile: Sendable {
    /// How much is read at a time.
    package static let pieceLength = 1 << 20

    package let path: String
    package let size: Int
    private let descriptor: FileDescriptor

    package init(_ path: String) throws(ArtifactError) {
        do {
            let descriptor = try FileDescriptor.open(FilePath(path), .readOnly, options: .closeOnExec)
            self.descriptor = descriptor
            do {
                self.size = Int(try descriptor.seek(offset: 0, from: .end))
                // A folder can be opened, and is as large as it likes; it cannot be read.
                var byte: UInt8 = 0
                _ = try withUnsafeMutableBytes(of: &byte) { try descriptor.read(fromAbsoluteOffset: 0, into: $0) }
            } catch {
                try? descriptor.close()
                throw error
            }
            self.path = path
        } catch {
            throw ArtifactError(reading: path, error)
        }
    }

    package func close() {
        try? descriptor.close()
    }

    /// The bytes at a place; fewer where the file ends.
    package func bytes(in range: Range<Int>) throws(ArtifactError) -> [UInt8] {
        do {
            return try [UInt8](unsafeUninitializedCapacity: max(0, min(range.upperBound, size) - range.lowerBound)) {
                buffer,
                count in
                while count < buffer.count {
                    let rest = UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[count...])
                    let read = try descriptor.read(fromAbsoluteOffset: Int64(range.lowerBound + count), into: rest)
                    if read == 0 { break }
                    count += read
                }
            }
        } catch {
            throw ArtifactError(reading: path, error)
        }
    }

    /// Hands on the whole file, piece by piece.
    ///
    /// - Parameter body: Takes the pieces, of which none is empty.
    /// - Throws: What the body throws; ``ArtifactError``, also where the file became shorter meanwhile.
    package func forEachPiece(_ body: ([UInt8]) throws -> Void) throws {
        for start in stride(from: 0, to: size, by: Self.pieceLength) {
            let end = min(start + Self.pieceLength, size)
            let piece = try bytes(in: start..<end)
            guard piece.count == end - start else {
                throw ArtifactError.unreadable(path: path, reason: "it became shorter")
            }
            try body(piece)
        }
    }
}
