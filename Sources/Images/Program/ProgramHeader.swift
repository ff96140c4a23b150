/// What the beginning of a program says of it: for which machine it is, and whether it needs anybody else to start.
///
/// Source: man7.org/linux/man-pages/man5/elf.5.html, the 64-bit form.
struct ProgramHeader: Sendable, Hashable {
    /// How many bytes say where the rest of the description is.
    static let length = 64

    /// The number of the machine.
    let machine: UInt16
    /// Whether it is a program at all: an object file, or what a program left when it died, is none.
    let isProgram: Bool
    /// Where the table of segments is.
    let segments: Range<Int>
    private let segmentSize: Int

    /// Reads the first ``length`` bytes; `nil` where they begin no ELF file of 64 bits and with low bytes first.
    init?(_ bytes: [UInt8]) {
        guard bytes.count >= Self.length, bytes.starts(with: [0x7F, 0x45, 0x4C, 0x46, 2, 1]) else { return nil }
        let kind = bytes.integer(at: 16, of: 2)
        self.machine = UInt16(truncatingIfNeeded: bytes.integer(at: 18, of: 2))
        self.isProgram = kind == 2 || kind == 3
        let (start, size, count) = (
            bytes.integer(at: 32, of: 8), bytes.integer(at: 54, of: 2), bytes.integer(at: 56, of: 2)
        )
        guard start <= UInt64(Int.max / 2), size >= 56 || count == 0, size * count <= 1 << 20 else { return nil }
        self.segments = Int(start)..<Int(start) + Int(size * count)
        self.segmentSize = Int(size)
    }

    /// Where the table names the program that must load this one; `nil` for a program that starts by itself.
    func interpreter(inTable table: [UInt8]) -> Range<Int>? {
        guard segmentSize > 0 else { return nil }
        for start in stride(from: 0, through: table.count - segmentSize, by: segmentSize)
        where table.integer(at: start, of: 4) == 3 {
            let (offset, size) = (table.integer(at: start + 8, of: 8), table.integer(at: start + 32, of: 8))
            guard offset <= UInt64(Int.max / 2), size <= 4096 else { return 0..<0 }
            return Int(offset)..<Int(offset) + Int(size)
        }
        return nil
    }
}

extension [UInt8] {
    /// The number at a place, low bytes first.
    fileprivate func integer(at offset: Int, of count: Int) -> UInt64 {
        self[offset..<offset + count].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
}
