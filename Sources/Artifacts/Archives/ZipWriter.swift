package import SystemPackage

/// Writes a zip archive whose bytes follow from its entries alone: nothing of when, where or by whom it was made.
///
/// Source: APPNOTE.TXT 6.3.10, pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, whose sections are named below.
package struct ZipWriter {
    /// One file of the archive, as the directory at its end lists it.
    private struct Entry {
        let name: [UInt8]
        let isExecutable: Bool
        let offset: UInt32
        var checksum: UInt32 = 0
        var compressedSize: UInt32 = 0
        var size: UInt32 = 0
    }

    /// 2.0, which knows folders and deflate; 4.4.3.
    private static let version: UInt16 = 20
    /// Attributes are those of Unix; 4.4.2.
    private static let unix: UInt16 = 3 << 8
    /// Names are UTF-8; 4.4.4, bit 11.
    private static let flags: UInt16 = 1 << 11
    /// Deflated; 4.4.5.
    private static let method: UInt16 = 8
    /// Midnight of 1 January 1980, the first moment that there is; 4.4.6.
    private static let moment: UInt32 = 0x0021_0000

    private let file: FileDescriptor
    private let path: String
    private var end: UInt64 = 0
    private var entries: [Entry] = []

    /// Begins an archive.
    ///
    /// - Parameters:
    ///   - file: An empty file.
    ///   - path: How errors call it.
    package init(to file: FileDescriptor, path: String) {
        self.file = file
        self.path = path
    }

    /// Adds a file; the archive has them in the order in which they come.
    ///
    /// - Throws: ``ArtifactError``, `Errno` of the archive.
    package mutating func add(_ name: String, isExecutable: Bool, _ contents: FileContents) throws {
        var entry = Entry(name: Array(name.utf8), isExecutable: isExecutable, offset: try small(end))
        let start = end
        // Its sizes are known once it is there.
        try append(Self.localHeader(entry))
        let (checksum, size) = try deflate(contents)
        entry.checksum = checksum.value
        entry.compressedSize = try small(end - start - UInt64(Self.localHeader(entry).count))
        entry.size = size
        try file.writeAll(toAbsoluteOffset: Int64(start), Self.localHeader(entry))
        entries.append(entry)
    }

    /// Writes the directory; the archive is complete then.
    package mutating func finish() throws {
        let start = try small(end)
        for entry in entries { try append(Self.directoryHeader(entry)) }
        let size = try small(end) - start
        guard let count = UInt16(exactly: entries.count), count < .max else { throw ArtifactError.tooLarge(path: path) }
        try append(Self.ending(count: count, start: start, size: size))
    }

    // MARK: Contents

    private mutating func deflate(_ contents: FileContents) throws -> (Checksum, size: UInt32) {
        var stream = try DeflateStream(.none)
        var checksum = Checksum()
        var size: UInt32 = 0
        // What is too large is not read first.
        try contents.read {
            size = try small(UInt64($0))
        } _: { piece in
            checksum.add(piece)
            try append(stream.compress(piece))
        }
        try append(stream.finish())
        return (checksum, size)
    }

    private mutating func append(_ bytes: some Sequence<UInt8>) throws {
        end += UInt64(try file.writeAll(toAbsoluteOffset: Int64(end), bytes))
    }

    private func small(_ number: UInt64) throws -> UInt32 {
        // The highest number says that there is a longer form.
        guard number < UInt64(UInt32.max) else { throw ArtifactError.tooLarge(path: path) }
        return UInt32(number)
    }

    // MARK: Headers

    /// 4.3.7.
    private static func localHeader(_ entry: Entry) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(littleEndian: UInt32(0x0403_4B50))
        bytes.append(littleEndian: version)
        appendFacts(of: entry, to: &bytes)
        return bytes + entry.name
    }

    /// 4.3.12.
    private static func directoryHeader(_ entry: Entry) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(littleEndian: UInt32(0x0201_4B50))
        bytes.append(littleEndian: unix | version)
        bytes.append(littleEndian: version)
        appendFacts(of: entry, to: &bytes)
        // No comment, the first disk, nothing of what it holds.
        for _ in 0..<3 { bytes.append(littleEndian: UInt16(0)) }
        let mode: UInt32 = entry.isExecutable ? 0o100755 : 0o100644
        bytes.append(littleEndian: mode << 16)
        bytes.append(littleEndian: entry.offset)
        return bytes + entry.name
    }

    /// What both headers say.
    private static func appendFacts(of entry: Entry, to bytes: inout [UInt8]) {
        bytes.append(littleEndian: flags)
        bytes.append(littleEndian: method)
        bytes.append(littleEndian: moment)
        bytes.append(littleEndian: entry.checksum)
        bytes.append(littleEndian: entry.compressedSize)
        bytes.append(littleEndian: entry.size)
        bytes.append(littleEndian: UInt16(entry.name.count))
        // No extra field.
        bytes.append(littleEndian: UInt16(0))
    }

    /// 4.3.16.
    private static func ending(count: UInt16, start: UInt32, size: UInt32) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(littleEndian: UInt32(0x0605_4B50))
        bytes.append(littleEndian: UInt32(0))
        bytes.append(littleEndian: count)
        bytes.append(littleEndian: count)
        bytes.append(littleEndian: size)
        bytes.append(littleEndian: start)
        bytes.append(littleEndian: UInt16(0))
        return bytes
    }
}
