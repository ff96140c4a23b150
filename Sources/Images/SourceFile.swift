import SystemPackage

/// A file that is read in pieces, however large it is.
struct SourceFile: Sendable {
    /// How much is read at a time.
    static let pieceLength = 1 << 20

    let path: String
    let size: Int
    private let descriptor: FileDescriptor

    init(_ path: String) throws(ImageError) {
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
            throw .unreadable(path: path, reason: "\(error)")
        }
    }

    func close() {
        try? descriptor.close()
    }

    /// The bytes at a place; fewer where the file ends.
    func bytes(in range: Range<Int>) throws(ImageError) -> [UInt8] {
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
            throw .unreadable(path: path, reason: "\(error)")
        }
    }

    /// Hands on the whole file, piece by piece.
    func forEachPiece(_ body: ([UInt8]) throws -> Void) throws {
        for start in stride(from: 0, to: size, by: Self.pieceLength) {
            try body(bytes(in: start..<start + Self.pieceLength))
        }
    }
}
