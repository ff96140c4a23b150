/// What a program for Linux says of where it runs and what it needs there.
///
/// Source: gabi.xinuos.com, chapters 7 (program headers) and 8 (dynamic section)
package struct ELFProgram: Sendable, Hashable {
    package let machine: Machine
    /// The program that must load it; `nil` for one that starts by itself.
    package let loader: String?
    /// The libraries that it asks for when it starts.
    package let libraries: [String]

    private static let nameLimit = 4096
    /// More than any program has; what comes after is not read.
    private static let dynamicLimit = 64 << 10

    /// Reads the tables of a program; `nil` where they lead out of the file.
    init?(_ header: ELFHeader, in file: SourceFile) throws(ArtifactError) {
        let table = try file.bytes(in: header.segments)
        let segments = stride(from: 0, to: table.count, by: header.segmentLength).compactMap {
            ELFSegment(table, at: $0)
        }
        guard table.count == header.segments.count, segments.allSatisfy({ $0.isWithin(file) }) else { return nil }
        self.machine = header.machine
        if let place = segments.first(where: { $0.kind == .interpreter }) {
            self.loader = try Self.name(in: file, at: place.offset)
        } else {
            self.loader = nil
        }
        self.libraries = try Self.libraries(of: segments, in: file)
    }

    private enum Tag {
        static let end: UInt64 = 0
        static let needed: UInt64 = 1
        static let stringTable: UInt64 = 5
    }

    private static func libraries(of segments: [ELFSegment], in file: SourceFile) throws(ArtifactError) -> [String] {
        guard let dynamic = segments.first(where: { $0.kind == .dynamic }) else { return [] }
        let bytes = try file.bytes(at: dynamic.offset, atMost: min(Int(clamping: dynamic.size), dynamicLimit))
        let entries = stride(from: 0, to: bytes.count, by: 16)
            .compactMap { place -> (tag: UInt64, value: UInt64)? in
                guard let tag = bytes.littleEndian(at: place, as: UInt64.self),
                    let value = bytes.littleEndian(at: place + 8, as: UInt64.self)
                else { return nil }
                return (tag, value)
            }
            .prefix { $0.tag != Tag.end }
        // Names are said by where they are in memory, which a segment tells of the file.
        guard let table = entries.first(where: { $0.tag == Tag.stringTable })?.value,
            let home = segments.first(where: {
                $0.kind == .load && table >= $0.address && table - $0.address < $0.size
            })
        else { return [] }
        let start = home.offset + (table - home.address)
        var names: [String] = []
        for entry in entries where entry.tag == Tag.needed {
            names.append(try name(in: file, at: start.addingReportingOverflow(entry.value).partialValue))
        }
        return names
    }

    /// The text at a place, as far as the zero that ends it.
    private static func name(in file: SourceFile, at offset: UInt64) throws(ArtifactError) -> String {
        String(decoding: try file.bytes(at: offset, atMost: nameLimit).prefix { $0 != 0 }, as: UTF8.self)
    }
}

extension ELFSegment {
    /// Whether the file has all of the segment, where the segment is read at all.
    fileprivate func isWithin(_ file: SourceFile) -> Bool {
        let (end, overflows) = offset.addingReportingOverflow(size)
        return kind == nil || !overflows && end <= UInt64(file.size)
    }
}

extension SourceFile {
    /// The bytes from an offset on, as far as there are any.
    fileprivate func bytes(at offset: UInt64, atMost limit: Int) throws(ArtifactError) -> [UInt8] {
        guard offset < UInt64(size) else { return [] }
        return try bytes(in: Int(offset)..<Int(offset) + min(limit, size - Int(offset)))
    }
}
