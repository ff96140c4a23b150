import CZlib

/// A zip archive as a reader sees it that believes nothing.
///
/// Source: APPNOTE.TXT 6.3.10, pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
struct Archive: Sendable {
    struct Entry: Sendable, Hashable {
        let name: String
        /// The permissions, where the archive was made by Unix; 4.4.2 and 4.4.15.
        let mode: UInt32?
        let contents: Range<Int>
        let method: UInt16
        let size: Int
        let checksum: UInt32

        var isExecutable: Bool { (mode ?? 0) & 0o111 != 0 }
    }

    /// What is wrong with an archive, as a sentence.
    struct Flaw: Error, Sendable, Hashable {
        let text: String

        init(_ text: String) { self.text = text }
    }

    private let bytes: [UInt8]
    let entries: [Entry]

    subscript(name: String) -> Entry? { entries.first { $0.name == name } }

    init(_ bytes: [UInt8]) throws(Flaw) {
        self.bytes = bytes
        self.entries = try Self.entries(of: bytes)
    }

    // MARK: The directory

    /// Bytes of all that an archive holds.
    private static let sizeLimit = 1 << 30

    private static func entries(of bytes: [UInt8]) throws(Flaw) -> [Entry] {
        // 22 bytes, and a comment of up to 65,535; 4.3.16.
        let first = max(bytes.count - 22 - 65_535, 0)
        let end = stride(from: bytes.count - 22, through: first, by: -1).first {
            bytes.number(at: $0, 4) == 0x0605_4B50
        }
        guard let end, let count = bytes.number(at: end + 10, 2), var place = bytes.number(at: end + 16, 4) else {
            throw Flaw("End of Central Directory record could not be found.")
        }
        var entries: [Entry] = []
        var names: Set<String> = []
        var size = 0
        for _ in 0..<count {
            let (entry, next) = try Self.entry(in: bytes, at: place)
            guard names.insert(entry.name.lowercased()).inserted else {
                throw Flaw("The archive has two entries named '\(entry.name)'.")
            }
            size += entry.size
            guard size <= sizeLimit else { throw Flaw("The archive holds more than \(sizeLimit >> 20) MB.") }
            entries.append(entry)
            place = next
        }
        return entries
    }

    /// 4.3.12, held against 4.3.7.
    private static func entry(in bytes: [UInt8], at place: Int) throws(Flaw) -> (Entry, next: Int) {
        let broken = Flaw("A header of the archive is damaged.")
        guard bytes.number(at: place, 4) == 0x0201_4B50, let maker = bytes.number(at: place + 4, 2),
            let method = bytes.number(at: place + 10, 2), let checksum = bytes.number(at: place + 16, 4),
            let packed = bytes.number(at: place + 20, 4), let size = bytes.number(at: place + 24, 4),
            let nameLength = bytes.number(at: place + 28, 2), let extra = bytes.number(at: place + 30, 2),
            let comment = bytes.number(at: place + 32, 2), let attributes = bytes.number(at: place + 38, 4),
            let local = bytes.number(at: place + 42, 4), let name = bytes.text(at: place + 46, nameLength)
        else { throw broken }
        guard bytes.number(at: local, 4) == 0x0403_4B50, bytes.text(at: local + 30, nameLength) == name,
            let localName = bytes.number(at: local + 26, 2), let localExtra = bytes.number(at: local + 28, 2)
        else { throw broken }
        let start = local + 30 + localName + localExtra
        guard localName == nameLength, start + packed <= bytes.count else { throw broken }
        let isSound =
            !name.isEmpty && !name.hasPrefix("/") && !name.contains("\\")
            && !name.split(separator: "/").contains("..")
        guard isSound else { throw Flaw("The name '\(name)' leads out of the archive.") }
        let entry = Entry(
            name: name,
            mode: maker >> 8 == 3 ? UInt32(attributes) >> 16 : nil,
            contents: start..<start + packed,
            method: UInt16(method),
            size: size,
            checksum: UInt32(checksum)
        )
        return (entry, place + 46 + nameLength + extra + comment)
    }

    // MARK: Contents

    private static let pieceSize = 1 << 18

    /// The first bytes of an entry, all of which is read and held against its check sum.
    func head(of entry: Entry, atMost limit: Int) throws(Flaw) -> [UInt8] {
        let flaw = Flaw("The entry '\(entry.name)' is damaged.")
        var head: [UInt8] = []
        var sum: UInt = 0
        var size = 0
        func take(_ piece: UnsafeRawBufferPointer) -> Bool {
            sum = crc32(sum, piece.baseAddress?.assumingMemoryBound(to: UInt8.self), UInt32(piece.count))
            size += piece.count
            if head.count < limit { head += piece.prefix(limit - head.count) }
            return size <= entry.size
        }
        let isWhole =
            switch entry.method {
            case 0: entry.contents.isEmpty || bytes[entry.contents].withUnsafeBytes(take)
            case 8: inflate(entry.contents, take)
            default: false
            }
        guard isWhole, size == entry.size, UInt32(truncatingIfNeeded: sum) == entry.checksum else { throw flaw }
        return head
    }

    // Source: zlib.net/manual.html
    private func inflate(_ range: Range<Int>, _ take: (UnsafeRawBufferPointer) -> Bool) -> Bool {
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        stream.initialize(to: z_stream())
        let output = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.pieceSize, alignment: 16)
        defer {
            inflateEnd(stream)
            stream.deallocate()
            output.deallocate()
        }
        inflateInit2_(stream, -15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        return bytes[range].withUnsafeBytes { input in
            let start = UnsafeMutablePointer(mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
            stream.pointee.next_in = start
            stream.pointee.avail_in = UInt32(input.count)
            while true {
                stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
                stream.pointee.avail_out = UInt32(output.count)
                let code = CZlib.inflate(stream, Z_NO_FLUSH)
                let count = output.count - Int(stream.pointee.avail_out)
                let isWanted = count == 0 || take(UnsafeRawBufferPointer(rebasing: output[..<count]))
                if code == Z_STREAM_END { return isWanted && stream.pointee.avail_in == 0 }
                guard code == Z_OK, isWanted, count > 0 || stream.pointee.avail_in > 0 else { return false }
            }
        }
    }
}

extension [UInt8] {
    /// The number of this many bytes at an offset, the lowest first.
    fileprivate func number(at offset: Int, _ size: Int) -> Int? {
        guard offset >= 0, offset <= count - size else { return nil }
        return self[offset..<offset + size].reversed().reduce(0) { $0 << 8 | Int($1) }
    }

    fileprivate func text(at offset: Int, _ length: Int) -> String? {
        guard offset >= 0, offset <= count - length else { return nil }
        return String(validating: self[offset..<offset + length], as: UTF8.self)
    }
}
