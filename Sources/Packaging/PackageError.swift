import Artifacts

/// Why there is no package.
package enum PackageError: Error, Sendable, Hashable {
    case missingProgram(String)
    case unreadable(String, reason: String)
    /// The file is no program of Linux; what it seems to be.
    case foreign(String, kind: String)
    /// The program is for processors that function apps do not have.
    case wrongArchitecture(String, found: String)
    /// The program needs these libraries, which nobody has where it goes.
    case needsLibraries(String, [String])
    case unwritable(String, reason: String, isFull: Bool)
    /// Zip archives of the usual form end at 4 GiB.
    case tooLarge(String)
}

extension PackageError {
    /// What a failure of a file means for a package that is at a path, or is to be.
    init(_ error: ArtifactError, of package: String) {
        self =
            switch error {
            case .missing(let path): .unreadable(path, reason: "there is no such file")
            case .unreadable(let path, let reason): .unreadable(path, reason: reason)
            case .unwritable(let path, let reason): .unwritable(path, reason: reason, isFull: false)
            case .diskFull(let path): .unwritable(path, reason: "no space is left on the disk", isFull: true)
            case .noMemory: .unwritable(package, reason: "there is no memory to compress in", isFull: false)
            case .tooLarge(let path): .tooLarge(path)
            }
    }
}
