/// What the beginning of an ELF file says: for which machine it is, and where the rest of the description is.
///
/// Source: gabi.xinuos.com, chapter 2, and man7.org/linux/man-pages/man5/elf.5.html
struct ELFHeader: Sendable, Hashable {
    /// How many bytes it has at most.
    static let length = 64
    static let magic: [UInt8] = [0x7F, 0x45, 0x4C, 0x46]
    /// More than the table of segments of any program has.
    private static let tableLimit = 1 << 20

    let machine: Machine
    /// Whether it can be started: an object file, or what a program left when it died, cannot.
    let isProgram: Bool
    /// Where the table of segments is, and how long each of its entries.
    let segments: Range<Int>
    let segmentLength: Int

    /// Reads the first bytes of a file; `nil` where they make no sense.
    init?(_ bytes: [UInt8]) {
        guard bytes.starts(with: Self.magic), bytes.count >= Self.length, (1...2).contains(bytes[4]),
            (1...2).contains(bytes[5]), let kind = bytes.littleEndian(at: 16, as: UInt16.self),
            let machine = bytes.littleEndian(at: 18, as: UInt16.self)
        else { return nil }
        let isBigEndian = bytes[5] == 2
        self.machine = Machine(number: isBigEndian ? machine.byteSwapped : machine, width: bytes[4], order: bytes[5])
        self.isProgram = (2...3).contains(isBigEndian ? kind.byteSwapped : kind)
        guard self.machine.hasUsualForm else {
            // Nobody asks for more of it.
            (self.segments, self.segmentLength) = (0..<0, ELFSegment.length)
            return
        }
        guard let start = bytes.littleEndian(at: 32, as: UInt64.self).flatMap(Int.init(exactly:)),
            let length = bytes.littleEndian(at: 54, as: UInt16.self),
            let count = bytes.littleEndian(at: 56, as: UInt16.self),
            start <= .max / 2, length >= ELFSegment.length || count == 0,
            Int(length) * Int(count) <= Self.tableLimit
        else { return nil }
        self.segments = start..<start + Int(length) * Int(count)
        self.segmentLength = max(Int(length), ELFSegment.length)
    }
}

/// A part of a program, as its table of segments has it.
///
/// Source: gabi.xinuos.com, chapter 7
struct ELFSegment: Sendable, Hashable {
    static let length = 56

    enum Kind: UInt32, Sendable {
        /// A part of the file that is in memory when the program runs.
        case load = 1
        case dynamic = 2
        /// The name of the program that must load this one.
        case interpreter = 3
    }

    /// `nil` for the many kinds that are not read here.
    let kind: Kind?
    /// Where it is in the file.
    let offset: UInt64
    /// Where it is in memory.
    let address: UInt64
    /// How long it is in the file.
    let size: UInt64

    /// Reads an entry of the table; `nil` where the bytes end before.
    init?(_ table: [UInt8], at place: Int) {
        guard let kind = table.littleEndian(at: place, as: UInt32.self),
            let offset = table.littleEndian(at: place + 8, as: UInt64.self),
            let address = table.littleEndian(at: place + 16, as: UInt64.self),
            let size = table.littleEndian(at: place + 32, as: UInt64.self)
        else { return nil }
        self.kind = Kind(rawValue: kind)
        self.offset = offset
        self.address = address
        self.size = size
    }
}
