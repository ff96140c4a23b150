import SystemPackage

/// The libraries that a program asks for when it starts.
///
/// Source: gabi.xinuos.com, chapters 7 (program headers) and 8 (dynamic section)
struct ProgramLibraries {
    private struct Segment {
        let type: UInt32
        let offset: UInt64
        let address: UInt64
        let size: UInt64
    }

    private static let load: UInt32 = 1
    private static let dynamic: UInt32 = 2
    private static let needed: UInt64 = 1
    private static let stringTable: UInt64 = 5
    /// More than any program has; what comes after is not read.
    private static let segmentLimit = 64
    private static let dynamicLimit = 64 << 10
    private static let nameLimit = 256

    private(set) var names: [String] = []

    /// Reads them; none where there are none, or the file is no program of 64 bits.
    init(of file: FileDescriptor) throws {
        let segments = try Self.segments(of: file)
        guard let dynamic = segments.first(where: { $0.type == Self.dynamic }) else { return }
        let bytes = try file.bytes(at: dynamic.offset, atMost: min(Int(clamping: dynamic.size), Self.dynamicLimit))
        let entries = stride(from: 0, to: bytes.count - 15, by: 16).map { place in
            (
                tag: bytes.littleEndian(at: place, as: UInt64.self),
                value: bytes.littleEndian(at: place + 8, as: UInt64.self) ?? 0
            )
        }
        guard let table = entries.first(where: { $0.tag == Self.stringTable })?.value,
            let home = segments.first(where: {
                $0.type == Self.load && table >= $0.address && table - $0.address < $0.size
            })
        else { return }
        let start = home.offset &+ (table - home.address)
        for entry in entries where entry.tag == Self.needed {
            let text = try file.bytes(at: start &+ entry.value, atMost: Self.nameLimit).prefix { $0 != 0 }
            names.append(String(decoding: text, as: UTF8.self))
        }
    }

    private static func segments(of file: FileDescriptor) throws -> [Segment] {
        let head = try file.bytes(at: 0, atMost: 64)
        guard let start = head.littleEndian(at: 32, as: UInt64.self),
            let size = head.littleEndian(at: 54, as: UInt16.self),
            let count = head.littleEndian(at: 56, as: UInt16.self), size == 56
        else { return [] }
        let table = try file.bytes(at: start, atMost: min(Int(count), segmentLimit) * Int(size))
        return stride(from: 0, to: table.count - 55, by: 56).compactMap { place in
            guard let type = table.littleEndian(at: place, as: UInt32.self),
                let offset = table.littleEndian(at: place + 8, as: UInt64.self),
                let address = table.littleEndian(at: place + 16, as: UInt64.self),
                let size = table.littleEndian(at: place + 32, as: UInt64.self)
            else { return nil }
            return Segment(type: type, offset: offset, address: address, size: size)
        }
    }
}

extension FileDescriptor {
    /// The bytes from an offset on, as far as there are any.
    func bytes(at offset: UInt64, atMost limit: Int) throws -> [UInt8] {
        guard let offset = Int64(exactly: offset), limit > 0 else { return [] }
        return try [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
            count = try read(fromAbsoluteOffset: offset, into: UnsafeMutableRawBufferPointer(buffer))
        }
    }
}
