import Renderers

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The rendered files of one stage in one format, on disk.
struct RenderedFolder {
    static let usual = "infra/rendered"

    let path: String

    init(_ root: String, stage: String, format: RenderFormat) {
        self.path = "\(root)/\(stage)/\(format.rawValue)"
    }

    /// What is not as it was rendered, a line for each file.
    func differences(from rendering: Rendering) -> [String] {
        let changed = rendering.files.compactMap { file -> String? in
            switch contents(of: file.path) {
            case nil: "missing \(path)/\(file.path)"
            case Array(file.contents.utf8): nil
            default: "changed \(path)/\(file.path)"
            }
        }
        return changed + leftovers(besides: rendering).map { "extra \(path)/\($0)" }
    }

    /// Writes the files that are not there or not the same, and deletes nothing.
    ///
    /// - Returns: What was done, a line for each file that was written or that nothing renders any more.
    func write(_ rendering: Rendering) throws -> [String] {
        var lines: [String] = []
        for file in rendering.files where contents(of: file.path) != Array(file.contents.utf8) {
            let target = URL(filePath: "\(path)/\(file.path)")
            do {
                try TextFile.write(
                    file.contents,
                    to: target,
                    isExecutable: file.isExecutable,
                    options: .atomic
                )
            } catch {
                throw Failure(
                    "'\(path)/\(file.path)' cannot be written. Check who owns it and whether the disk is full."
                )
            }
            lines.append("wrote \(path)/\(file.path)")
        }
        return lines + leftovers(besides: rendering).map { "\(path)/\($0) is not rendered any more; delete it" }
    }

    private func contents(of file: String) -> [UInt8]? {
        FileManager.default.contents(atPath: "\(path)/\(file)").map { Array($0) }
    }

    /// What people keep beside rendered files, and nobody else may read: values, secrets, changes for one machine.
    static func isPersonal(_ file: String) -> Bool {
        let name = file.split(separator: "/").last ?? ""
        return file.hasPrefix("secrets/") || file == "compose.override.yaml"
            || (name == ".env" || name.hasPrefix(".env.")) && name != ".env.example"
    }

    /// Files that an earlier rendering left.
    private func leftovers(besides rendering: Rendering) -> [String] {
        let rendered = Set(rendering.files.map(\.path))
        let found = (try? FileManager.default.subpathsOfDirectory(atPath: path)) ?? []
        return found.filter { file in
            var isFolder: Bool = false
            let exists = FileManager.default.fileExists(atPath: "\(path)/\(file)", isDirectory: &isFolder)
            return exists && !isFolder && !rendered.contains(file) && !Self.isPersonal(file)
        }.sorted()
    }
}
