/// The kind of machine that a program is for.
///
/// Source: gabi.xinuos.com, chapter 2; the numbers of machines are in `elf.h`
package struct Machine: Sendable, Hashable {
    package static let x86_64 = Machine(number: 62, width: 2, order: 1)
    package static let arm64 = Machine(number: 183, width: 2, order: 1)

    let number: UInt16
    /// 1 for 32 bits, 2 for 64.
    let width: UInt8
    /// 1 for the lowest byte first, 2 for the highest.
    let order: UInt8

    /// Whether it has 64 bits and begins with the lowest byte, as all that programs are built for here.
    var hasUsualForm: Bool { width == 2 && order == 1 }

    private static let names: [Machine: String] = [
        .x86_64: "x86-64", .arm64: "arm64",
        Machine(number: 3, width: 1, order: 1): "i386",
        Machine(number: 21, width: 2, order: 1): "ppc64le",
        Machine(number: 22, width: 2, order: 2): "s390x",
        Machine(number: 40, width: 1, order: 1): "arm",
        Machine(number: 62, width: 1, order: 1): "x32",
        Machine(number: 243, width: 2, order: 1): "riscv64",
    ]
}

extension Machine: CustomStringConvertible {
    package var description: String { Self.names[self] ?? "machine \(number) of \(width == 2 ? 64 : 32) bits" }
}
