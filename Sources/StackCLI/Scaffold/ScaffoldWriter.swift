#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Writes the files of a new package, all of them or none.
struct ScaffoldWriter {
    let folder: URL

    /// Writes a package where none of its files is.
    ///
    /// - Throws: ``Failure`` where one of them exists, or cannot be written.
    func write(_ scaffold: Scaffold) throws(Failure) {
        let taken = scaffold.files.map(\.path).filter(exists)
        guard taken.isEmpty else {
            throw Failure(
                lines: ["Nothing was written, because these are there:"] + taken.map { "  \($0)" }
                    + ["Choose another folder."],
                code: 1
            )
        }
        for file in scaffold.files {
            do {
                // Whatever came to be there meanwhile stays.
                try TextFile.write(
                    file.contents,
                    to: place(of: file.path),
                    isExecutable: file.isExecutable,
                    options: .withoutOverwriting
                )
            } catch {
                throw Failure(
                    "'\(file.path)' cannot be written. Check who owns the folder and whether the disk is full."
                )
            }
        }
    }

    /// A link that leads nowhere is there, too.
    private func exists(_ path: String) -> Bool {
        (try? FileManager.default.attributesOfItem(atPath: place(of: path).path)) != nil
    }

    private func place(of path: String) -> URL { folder.appending(path: path) }
}
