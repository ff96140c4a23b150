import Artifacts

/// Looks whether a program can be the handler of a function app.
enum HandlerCheck {
    /// The libraries that come with Swift, by how their names begin.
    private static let swiftLibraries = [
        "libswift", "libFoundation", "lib_Foundation", "libdispatch", "libBlocksRuntime",
    ]

    /// Checks a program on disk.
    ///
    /// Function apps on Linux run on x86-64 alone. Source:
    /// learn.microsoft.com/azure/azure-functions/functions-custom-handlers, where handlers are built for `amd64`
    ///
    /// - Throws: ``PackageError`` with what is wrong.
    static func check(_ path: String) throws(PackageError) {
        switch try file(at: path) {
        case .other(let kind): throw .foreign(path, kind: kind)
        case .linux(let program):
            guard program.machine == .x86_64 else { throw .wrongArchitecture(path, found: "\(program.machine)") }
            // What is not part of the system comes with the program or not at all.
            let missing = program.libraries.filter { library in swiftLibraries.contains { library.hasPrefix($0) } }
            guard missing.isEmpty else { throw .needsLibraries(path, missing) }
        }
    }

    private static func file(at path: String) throws(PackageError) -> ProgramFile {
        do {
            return try ProgramFile(at: path)
        } catch .missing {
            throw .missingProgram(path)
        } catch {
            throw PackageError(error, of: path)
        }
    }
}
