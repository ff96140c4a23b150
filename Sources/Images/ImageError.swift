import Artifacts

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
        /// It is something else than a program of Linux, in words: `a script`.
        case other(kind: String)
        case otherMachine(Architecture?, wanted: Architecture)
        case dynamic(loader: String)
    }
}

extension ImageError {
    /// What a failure of a file means for an image.
    init(_ error: ArtifactError) {
        self =
            switch error {
            case .missing(let path): .unreadable(path: path, reason: "there is no such file")
            case .unreadable(let path, let reason): .unreadable(path: path, reason: reason)
            case .unwritable(let path, let reason): .unwritable(path: path, reason: reason)
            case .diskFull(let path): .diskFull(path: path)
            case .noMemory: .noMemory
            case .tooLarge(let path): .unwritable(path: path, reason: "it would be too large")
            }
    }
}
