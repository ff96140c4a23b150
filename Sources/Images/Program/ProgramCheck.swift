import SystemPackage

/// Looks whether a program runs in an image that holds nothing else.
enum ProgramCheck {
    /// Checks a program on disk.
    ///
    /// - Parameters:
    ///   - path: Where it is.
    ///   - wanted: The architecture that the image is for.
    /// - Throws: ``ImageError`` with what is wrong.
    static func check(_ path: String, isFor wanted: Architecture) throws(ImageError) {
        let file = try SourceFile(path)
        defer { file.close() }
        guard let header = ProgramHeader(try file.bytes(in: 0..<ProgramHeader.length)), header.isProgram else {
            throw .unsuitable(path, .noProgram)
        }
        guard Architecture(machine: header.machine) == wanted else {
            throw .unsuitable(path, .otherMachine(Architecture(machine: header.machine), wanted: wanted))
        }
        if let place = header.interpreter(inTable: try file.bytes(in: header.segments)) {
            let name = String(decoding: try file.bytes(in: place).prefix { $0 != 0 }, as: UTF8.self)
            throw .unsuitable(path, .dynamic(loader: name))
        }
    }
}
