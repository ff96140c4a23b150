import CZlib

/// Compresses bytes as they come.
///
/// A version of zlib gives the same bytes for the same input, however it is cut into pieces.
/// Sources: RFC 1951, RFC 1952; zlib.net/manual.html
package struct DeflateStream: ~Copyable {
    /// What stands around the compressed bytes.
    package enum Frame: Sendable, Hashable {
        /// Nothing: zip archives have their own.
        case none
        /// A header that holds neither a time nor a name, and a check sum at the end.
        case gzip

        /// The largest window; negative for no frame, 16 more for that of gzip.
        fileprivate var windowBits: Int32 {
            switch self {
            case .none: -15
            case .gzip: 15 + 16
            }
        }
    }

    /// The usual one.
    private static let memoryLevel: Int32 = 8

    // zlib remembers where this is, so that it must not move.
    private let stream: UnsafeMutablePointer<z_stream>
    private var room = [UInt8](repeating: 0, count: 1 << 16)

    /// Begins.
    ///
    /// - Throws: ``ArtifactError/noMemory``, the one thing that can be missing.
    package init(_ frame: Frame) throws(ArtifactError) {
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        stream.initialize(to: z_stream())
        let outcome = deflateInit2_(
            stream,
            // What is small travels and starts sooner, and writing it takes seconds either way.
            Z_BEST_COMPRESSION,
            Z_DEFLATED,
            frame.windowBits,
            Self.memoryLevel,
            Z_DEFAULT_STRATEGY,
            ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size)
        )
        guard outcome == Z_OK else {
            stream.deallocate()
            throw .noMemory
        }
        self.stream = stream
    }

    deinit {
        deflateEnd(stream)
        stream.deallocate()
    }

    /// The next bytes of the result, which may be none.
    package mutating func compress(_ bytes: [UInt8]) -> [UInt8] { deflate(bytes, Z_NO_FLUSH) }

    /// What is left of the result; nothing may be compressed afterwards.
    package mutating func finish() -> [UInt8] { deflate([], Z_FINISH) }

    private mutating func deflate(_ bytes: [UInt8], _ flush: Int32) -> [UInt8] {
        var rest = bytes[...]
        var result: [UInt8] = []
        while true {
            let (read, written) = rest.withUnsafeBufferPointer { input in
                room.withUnsafeMutableBufferPointer { output in
                    // zlib reads the input and never writes it.
                    stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
                    let given = UInt32(clamping: input.count)
                    stream.pointee.avail_in = given
                    stream.pointee.next_out = output.baseAddress
                    stream.pointee.avail_out = UInt32(output.count)
                    _ = CZlib.deflate(stream, flush)
                    return (Int(given - stream.pointee.avail_in), output.count - Int(stream.pointee.avail_out))
                }
            }
            result += room[..<written]
            rest = rest.dropFirst(read)
            // Where it did not fill the room, it has nothing more to give.
            if rest.isEmpty, written < room.count { return result }
        }
    }
}
