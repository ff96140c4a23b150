/// Why an image cannot be built or read.
public enum ImageError: Error, Sendable, Hashable {
    case unreadable(path: String, reason: String)
    case unwritable(path: String, reason: String)
    case diskFull(path: String)
    /// There is no memory to compress in.
    case noMemory
    case unsuitable(String, Unsuitability)
    /// No certificates are at any of these places.
    case noCertificates([String])
    /// The name does not fit into an archive.
    case unusableName(String)
    /// The folder holds something else, which must not be lost.
    case occupied(path: String)
    case noLayout(path: String)
    case damagedLayout(path: String, reason: String)
    case noSuchTag(String, known: [String])

    /// Why a program cannot be the only one of an image.
    public enum Unsuitability: Sendable, Hashable {
        case noProgram
        case otherMachine(Architecture?, wanted: Architecture)
        case dynamic(loader: String)
    }
}
