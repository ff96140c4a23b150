/// What a file is that somebody wants to have started.
package enum ProgramFile: Sendable, Hashable {
    case linux(ELFProgram)
    /// Something else, in words: `a script`.
    case other(String)

    /// Looks at a file.
    package init(at path: String) throws(ArtifactError) {
        let file = try SourceFile(path)
        defer { file.close() }
        let head = try file.bytes(in: 0..<ELFHeader.length)
        guard head.starts(with: ELFHeader.magic) else {
            let kind = Self.others.first { head.starts(with: $0.head) }?.kind
            self = .other(kind ?? (head.isEmpty ? "an empty file" : "no program"))
            return
        }
        guard let header = ELFHeader(head) else {
            self = .other("a damaged program")
            return
        }
        guard header.isProgram else {
            self = .other("an object file")
            return
        }
        self = try ELFProgram(header, in: file).map(Self.linux) ?? .other("a damaged program")
    }

    /// How files begin that are often taken for programs of Linux.
    private static let others: [(head: [UInt8], kind: String)] = [
        ([0xCF, 0xFA, 0xED, 0xFE], "a program for macOS"), ([0xCA, 0xFE, 0xBA, 0xBE], "a program for macOS"),
        ([0x4D, 0x5A], "a program for Windows"), ([0x23, 0x21], "a script"),
    ]
}
