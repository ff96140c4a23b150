import Artifacts
import Crypto
import WebFormats

/// What a list of materials says of a file in an image.
struct FileFacts: Sendable, Hashable {
    /// As in the archive: `app/ChatAPI`.
    let path: String
    let size: Int
    let sha256: String
    /// SPDX identifies files by this one, and asks for nothing of its strength.
    let sha1: String

    /// Reads an entry; `nil` for a folder.
    init?(_ entry: ArchiveEntry) throws {
        guard case .file(let contents) = entry.kind else { return nil }
        var size = 0
        var sha256 = SHA256()
        var sha1 = Insecure.SHA1()
        try contents.read {
            size = $0
        } _: { piece in
            sha256.update(data: piece)
            sha1.update(data: piece)
        }
        self.path = entry.path
        self.size = size
        self.sha256 = sha256.finalize().hexadecimal
        self.sha1 = sha1.finalize().hexadecimal
    }
}
