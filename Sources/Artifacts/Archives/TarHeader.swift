/// The block before each entry of a tar archive, in the form that all readers know.
///
/// Source: pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html under "ustar Interchange Format".
package struct TarHeader: Sendable {
    private static let blockLength = 512
    private static let longestPath = 100
    /// Eleven octal digits.
    private static let largestFile = 1 << 33

    package let bytes: [UInt8]

    /// Describes an entry; `nil` where the form has no room for its path or its size.
    package init?(_ entry: ArchiveEntry, size: Int) {
        let isFolder = entry.kind == .folder
        let path = isFolder ? entry.path + "/" : entry.path
        guard path.utf8.count <= Self.longestPath, size < Self.largestFile else { return nil }
        var block = [UInt8](repeating: 0, count: Self.blockLength)
        block.put(path, at: 0)
        block.put(Self.octal(entry.mode, digits: 7), at: 100)
        block.put(Self.octal(entry.owner, digits: 7), at: 108)
        block.put(Self.octal(entry.owner, digits: 7), at: 116)
        block.put(Self.octal(size, digits: 11), at: 124)
        block.put(Self.octal(0, digits: 11), at: 136)
        block.put(isFolder ? "5" : "0", at: 156)
        block.put("ustar\u{0}00", at: 257)
        // The sum is taken while its own place holds blanks.
        block.put("        ", at: 148)
        block.put(Self.octal(block.reduce(0) { $0 + Int($1) }, digits: 6) + "\u{0} ", at: 148)
        self.bytes = block
    }

    /// The zeros that fill the last block of so many bytes.
    package static func padding(after size: Int) -> [UInt8] {
        [UInt8](repeating: 0, count: (blockLength - size % blockLength) % blockLength)
    }

    /// What ends an archive.
    package static let end = [UInt8](repeating: 0, count: 2 * blockLength)

    private static func octal(_ number: Int, digits: Int) -> String {
        let text = String(number, radix: 8)
        return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
    }
}

extension [UInt8] {
    fileprivate mutating func put(_ text: String, at offset: Int) {
        replaceSubrange(offset..<offset + text.utf8.count, with: text.utf8)
    }
}
