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
