import Renderers

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension RenderedFolder {
    /// What is on disk, hidden files too, sorted by path; a format that was never rendered has no files.
    func files() throws -> [RenderedFile] {
        guard FileManager.default.fileExists(atPath: path) else { return [] }
        do {
            return try FileManager.default.subpathsOfDirectory(atPath: path)
                .filter { !Self.isPersonal($0) }.sorted().compactMap(file)
        } catch {
            throw Failure("The files in '\(path)' cannot be read. Check who owns them.")
        }
    }

    /// A plain file; folders are none, and links may point anywhere.
    private func file(_ file: String) throws -> RenderedFile? {
        let attributes = try FileManager.default.attributesOfItem(atPath: "\(path)/\(file)")
        guard attributes[.type] as? FileAttributeType == .typeRegular else { return nil }
        let contents = try Data(contentsOf: URL(filePath: "\(path)/\(file)"))
        let mode = attributes[.posixPermissions] as? Int ?? 0
        return RenderedFile(file, String(decoding: contents, as: UTF8.self), isExecutable: mode & 0o100 != 0)
    }
}
