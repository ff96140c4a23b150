import Artifacts
import Crypto
import WebFormats

/// What a list of materials says of a program file.
struct ProgramFacts: Sendable, Hashable {
    let size: Int
    let sha256: String
    /// SPDX identifies files by this one, and asks for nothing of its strength.
    let sha1: String

    init(of path: String) throws {
        let file = try SourceFile(path)
        defer { file.close() }
        var sha256 = SHA256()
        var sha1 = Insecure.SHA1()
        try file.forEachPiece { piece in
            sha256.update(data: piece)
            sha1.update(data: piece)
        }
        self.size = file.size
        self.sha256 = sha256.finalize().hexadecimal
        self.sha1 = sha1.finalize().hexadecimal
    }
}
