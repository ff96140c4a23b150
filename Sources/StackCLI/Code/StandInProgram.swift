/// A program that ends at once, in place of those of a stack in a rehearsal, which runs none.
///
/// Source: the System V ABI, "ELF Header" and "Program Header"; the system call is `exit(0)` of Linux on x86-64.
enum StandInProgram {
    static var bytes: [UInt8] {
        let code: [UInt8] = [0x31, 0xFF, 0xB8, 60, 0, 0, 0, 0x0F, 0x05]
        let base = 0x400000
        let headers = 64 + 56
        let size = headers + code.count
        return [0x7F, 0x45, 0x4C, 0x46, 2, 1, 1] + [UInt8](repeating: 0, count: 9)
            // An executable for x86-64.
            + half(2) + half(62) + word(1)
            // Where it begins, where its one program header is, and no sections.
            + long(base + headers) + long(64) + long(0) + word(0) + half(64) + half(56) + half(1) + half(0) + half(0)
            + half(0)
            // All of it is loaded, to be read and carried out.
            + word(1) + word(5) + long(0) + long(base) + long(base) + long(size) + long(size) + long(0x1000)
            + code
    }

    private static func half(_ value: Int) -> [UInt8] { little(value, bytes: 2) }
    private static func word(_ value: Int) -> [UInt8] { little(value, bytes: 4) }
    private static func long(_ value: Int) -> [UInt8] { little(value, bytes: 8) }

    private static func little(_ value: Int, bytes: Int) -> [UInt8] {
        (0..<bytes).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
}
