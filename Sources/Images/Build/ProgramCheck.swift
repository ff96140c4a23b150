import Artifacts

/// Looks whether a program runs in an image that holds nothing else.
enum ProgramCheck {
    /// Checks a program on disk.
    ///
    /// - Parameters:
    ///   - path: Where it is.
    ///   - wanted: The architecture that the image is for.
    /// - Throws: ``ImageError`` with what is wrong.
    static func check(_ path: String, isFor wanted: Architecture) throws(ImageError) {
        switch try file(at: path) {
        case .other(let kind): throw .unsuitable(path, .other(kind: kind))
        case .linux(let program):
            let architecture = Architecture(program.machine)
            guard architecture == wanted else {
                throw .unsuitable(path, .otherMachine(architecture, wanted: wanted))
            }
            if let loader = program.loader { throw .unsuitable(path, .dynamic(loader: loader)) }
        }
    }

    private static func file(at path: String) throws(ImageError) -> ProgramFile {
        do {
            return try ProgramFile(at: path)
        } catch {
            throw ImageError(error)
        }
    }
}
