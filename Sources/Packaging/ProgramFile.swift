import SystemPackage

/// What the head of a program says of where it runs.
///
/// Source: gabi.xinuos.com, chapters 2 and 7; the numbers of machines are in `elf.h`
struct ProgramFile {
    private static let headSize = 64
    private static let magic: [UInt8] = [0x7F, 0x45, 0x4C, 0x46]
    /// Function apps on Linux run on x86-64 alone.
    ///
    /// Source: learn.microsoft.com/azure/azure-functions/functions-custom-handlers, where handlers are built for `amd64`
    private static let wantedMachine: UInt16 = 62
    private static let machines: [UInt16: String] = [3: "i386", 40: "arm", 62: "x86-64", 183: "arm64", 243: "riscv"]
    /// Heads of the programs of other systems.
    private static let strangers: [([UInt8], kind: String)] = [
        ([0xCF, 0xFA, 0xED, 0xFE], "a program for macOS"), ([0xCA, 0xFE, 0xBA, 0xBE], "a program for macOS"),
        ([0x4D, 0x5A], "a program for Windows"), ([0x23, 0x21], "a script"),
    ]

    /// The libraries that come with Swift, by how their names begin.
    private static let swiftLibraries = [
        "libswift", "libFoundation", "lib_Foundation", "libdispatch", "libBlocksRuntime",
    ]

    /// Makes sure that a file can be the handler of a function app.
    ///
    /// - Throws: ``PackageError`` where it cannot.
    static func check(_ path: FilePath) throws(PackageError) {
        let head: [UInt8]
        let libraries: [String]
        do {
            let file = try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
            (head, libraries) = try file.closeAfter {
                (try file.bytes(at: 0, atMost: headSize), try ProgramLibraries(of: file).names)
            }
        } catch Errno.noSuchFileOrDirectory {
            throw .missingProgram("\(path)")
        } catch {
            throw .unreadable("\(path)", reason: "\(error)")
        }
        guard head.starts(with: magic) else {
            let kind = strangers.first { head.starts(with: $0.0) }?.kind
            throw .foreign("\(path)", kind: kind ?? (head.isEmpty ? "an empty file" : "no program"))
        }
        // 64 bits, the lowest byte first, and one that can be started; an object file cannot.
        let type = head.littleEndian(at: 16, as: UInt16.self)
        let machine = head.littleEndian(at: 18, as: UInt16.self) ?? 0
        guard head.count == headSize, machine == wantedMachine, head[4] == 2, head[5] == 1 else {
            throw .wrongArchitecture("\(path)", found: machines[machine] ?? "machine \(machine)")
        }
        guard type == 2 || type == 3 else { throw .foreign("\(path)", kind: "an object file") }
        // What is not part of the system comes with the program or not at all.
        let missing = libraries.filter { library in swiftLibraries.contains { library.hasPrefix($0) } }
        guard missing.isEmpty else { throw .needsLibraries("\(path)", missing) }
    }
}
