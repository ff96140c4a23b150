import CZlib

/// Compresses a stream of bytes as zip archives want it.
///
/// A version of zlib gives the same bytes for the same input, however it is cut into pieces.
/// Sources: RFC 1951; zlib.net/manual.html
final class Deflater {
    private static let room = 256 << 10
    /// Negative: without the frame of zlib, which zip archives have none of.
    private static let windowBits: Int32 = -15
    private static let memoryLevel: Int32 = 8

    /// zlib remembers the address, so that it must stay the same.
    private let stream: UnsafeMutablePointer<z_stream>
    private let output: UnsafeMutableRawBufferPointer

    init() {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        output = .allocate(byteCount: Self.room, alignment: 16)
        deflateInit2_(
            stream,
            Z_BEST_COMPRESSION,
            Z_DEFLATED,
            Self.windowBits,
            Self.memoryLevel,
            Z_DEFAULT_STRATEGY,
            ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size)
        )
    }

    deinit {
        deflateEnd(stream)
        stream.deallocate()
        output.deallocate()
    }

    /// Compresses more bytes.
    ///
    /// - Parameters:
    ///   - bytes: Up to 1 MiB.
    ///   - isLast: Whether nothing follows.
    ///   - write: Takes what there is so far.
    /// - Throws: What `write` throws.
    func add(
        _ bytes: UnsafeRawBufferPointer,
        isLast: Bool,
        _ write: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        stream.pointee.next_in = UnsafeMutablePointer(
            mutating: bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
        )
        stream.pointee.avail_in = UInt32(bytes.count)
        repeat {
            stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
            stream.pointee.avail_out = UInt32(output.count)
            deflate(stream, isLast ? Z_FINISH : Z_NO_FLUSH)
            let count = output.count - Int(stream.pointee.avail_out)
            if count > 0 { try write(UnsafeRawBufferPointer(rebasing: output[..<count])) }
        } while stream.pointee.avail_out == 0
    }
}

/// The check sum of zip archives.
///
/// Source: zlib.net/manual.html#Checksum
struct Checksum {
    private(set) var value: UInt32 = 0

    mutating func add(_ bytes: UnsafeRawBufferPointer) {
        let sum = crc32(UInt(value), bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), UInt32(bytes.count))
        value = UInt32(truncatingIfNeeded: bytes.isEmpty ? UInt(value) : sum)
    }
}
