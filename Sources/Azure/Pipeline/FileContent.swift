import AsyncHTTPClient
import NIOCore
public import SystemPackage

/// A file that is the body of a request; it is read while it is sent, each time anew.
public struct FileContent: Sendable, Hashable {
    public let path: FilePath
    /// In bytes; a file that has become another meanwhile is not sent whole.
    public let size: Int64
    public let mediaType: String

    public init(_ path: FilePath, size: Int64, mediaType: String) {
        self.path = path
        self.size = size
        self.mediaType = mediaType
    }

    var body: HTTPClientRequest.Body { .stream(Pieces(path: path), length: .known(size)) }

    /// The contents, piece by piece.
    private struct Pieces: AsyncSequence, Sendable {
        let path: FilePath

        func makeAsyncIterator() -> Iterator { Iterator(path: path) }

        final class Iterator: AsyncIteratorProtocol {
            private static let pieceSize = 256 << 10

            private let path: FilePath
            private var file: SystemPackage.FileDescriptor?

            init(path: FilePath) {
                self.path = path
            }

            deinit { try? file?.close() }

            func next() async throws -> ByteBuffer? {
                let file = try file ?? .open(path, .readOnly, options: .closeOnExec)
                self.file = file
                var piece = ByteBuffer()
                let count = try piece.writeWithUnsafeMutableBytes(minimumWritableBytes: Self.pieceSize) { space in
                    try file.read(into: space)
                }
                return count > 0 ? piece : nil
            }
        }
    }
}
