import CZlib

/// Compresses bytes as they come; the same bytes always give the same result.
///
/// The header holds neither a time nor a name. Sources: RFC 1952; zlib.net/manual.html
struct GzipStream: ~Copyable {
    /// Smaller images start sooner, and building one takes seconds either way.
    private static let level: Int32 = 9
    /// The largest window, and 16 for a header of gzip.
    private static let windowBits: Int32 = 15 + 16

    // zlib remembers where this is, so that it must not move.
    private let stream: UnsafeMutablePointer<z_stream>
    private var room = [UInt8](repeating: 0, count: 1 << 16)

    /// Begins.
    ///
    /// - Throws: ``ImageError/noMemory``, the one thing that can be missing.
    init() throws(ImageError) {
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        stream.initialize(to: z_stream())
        let outcome = deflateInit2_(
            stream,
            Self.level,
            Z_DEFLATED,
            Self.windowBits,
            8,
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
    mutating func compress(_ bytes: [UInt8]) -> [UInt8] { deflate(bytes, Z_NO_FLUSH) }

    /// What is left of the result; nothing may be compressed afterwards.
    mutating func finish() -> [UInt8] { deflate([], Z_FINISH) }

    private mutating func deflate(_ bytes: [UInt8], _ flush: Int32) -> [UInt8] {
        var rest = bytes[...]
        var result: [UInt8] = []
        while true {
            let written = rest.withUnsafeBufferPointer { input in
                room.withUnsafeMutableBufferPointer { output in
                    // zlib reads the input and never writes it.
                    stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
                    stream.pointee.avail_in = UInt32(input.count)
                    stream.pointee.next_out = output.baseAddress
                    stream.pointee.avail_out = UInt32(output.count)
                    _ = CZlib.deflate(stream, flush)
                    return output.count - Int(stream.pointee.avail_out)
                }
            }
            result += room[..<written]
            rest = rest.suffix(Int(stream.pointee.avail_in))
            // Where it did not fill the room, it has nothing more to give.
            if rest.isEmpty, written < room.count { return result }
        }
    }
}
