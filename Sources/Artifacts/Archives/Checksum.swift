import CZlib

/// The check sum of zip archives.
///
/// Source: zlib.net/manual.html#Checksum
struct Checksum: Sendable, Hashable {
    private(set) var value: UInt32 = 0

    mutating func add(_ bytes: [UInt8]) {
        // A buffer of no bytes has no address, and zlib begins anew for that.
        guard !bytes.isEmpty else { return }
        value = UInt32(truncatingIfNeeded: crc32_z(UInt(value), bytes, bytes.count))
    }
}
