#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A file of text that people read and programs may run.
enum TextFile {
    /// Writes a text, and makes the folders above it where they are missing.
    ///
    /// - Parameters:
    ///   - text: The whole contents.
    ///   - place: Where to.
    ///   - isExecutable: Whether everybody may run it.
    ///   - options: What happens to a file that is there.
    /// - Throws: What Foundation says.
    static func write(
        _ text: String,
        to place: URL,
        isExecutable: Bool,
        options: Data.WritingOptions
    ) throws {
        let folder = place.deletingLastPathComponent()
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: place, options: options)
        let permissions = isExecutable ? 0o755 : 0o644
        try FileManager.default.setAttributes([.posixPermissions: permissions], ofItemAtPath: place.path)
    }
}
