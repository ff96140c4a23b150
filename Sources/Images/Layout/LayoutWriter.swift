import Artifacts
import JSONText

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Writes a layout beside the place where it is wanted, so that a reader sees the old one or the new one.
///
/// Source: github.com/opencontainers/image-spec/blob/v1.1.0/image-layout.md
struct LayoutWriter {
    private let path: String
    private let draft: String

    /// Begins a layout.
    ///
    /// - Parameter path: A folder that does not exist, is empty, or holds a layout, which is replaced.
    /// - Throws: ``ImageError``.
    init(at path: String) throws(ImageError) {
        let path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
        self.path = path
        self.draft = "\(path).\(UInt32.random(in: .min ... .max))"
        let existing = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        guard existing.isEmpty || existing.contains(ImageLayout.marker) else { throw .occupied(path: path) }
        do {
            try FileManager.default.createDirectory(atPath: blobs, withIntermediateDirectories: true)
        } catch {
            // Some of the folders may be there.
            abandon()
            throw ImageError(ArtifactError(writing: path, error))
        }
    }

    private var blobs: String { "\(draft)/\(ImageLayout.blobFolder)" }

    func write(_ json: JSON, _ mediaType: MediaType) throws(ArtifactError) -> ContentDescriptor {
        var writer = try BlobWriter(in: blobs, of: path)
        try writer.write(json.bytes)
        return try writer.finish(mediaType)
    }

    /// Writes what a file holds.
    func write(copyOf path: String, _ mediaType: MediaType) throws -> ContentDescriptor {
        let file = try SourceFile(path)
        defer { file.close() }
        var writer = try BlobWriter(in: blobs, of: self.path)
        try file.forEachPiece { try writer.write($0) }
        return try writer.finish(mediaType)
    }

    /// Writes a layer.
    ///
    /// - Returns: What the layer is as it travels, and the digest of the archive in it.
    func write(layer entries: [ArchiveEntry]) throws -> (ContentDescriptor, difference: ContentDigest) {
        let layer = try LayerWriter(in: blobs, of: path)
        return try layer.write(entries)
    }

    /// Puts the layout into its place.
    func finish(_ index: ImageIndex) throws(ArtifactError) {
        do {
            try Data(JSON.object([.init("imageLayoutVersion", "1.0.0")]).bytes)
                .write(to: URL(filePath: "\(draft)/\(ImageLayout.marker)"))
            try Data(index.json.bytes).write(to: URL(filePath: "\(draft)/\(ImageLayout.indexFile)"))
            try takePlace()
        } catch {
            throw ArtifactError(writing: path, error)
        }
    }

    /// Moves the draft to where the layout belongs; what was there stays where that fails.
    private func takePlace() throws {
        let former = "\(draft).former"
        let isThere = FileManager.default.fileExists(atPath: path)
        if isThere { try FileManager.default.moveItem(atPath: path, toPath: former) }
        do {
            try FileManager.default.moveItem(atPath: draft, toPath: path)
        } catch {
            if isThere { try? FileManager.default.moveItem(atPath: former, toPath: path) }
            throw error
        }
        try? FileManager.default.removeItem(atPath: former)
    }

    /// Removes what was written.
    func abandon() {
        try? FileManager.default.removeItem(atPath: draft)
    }
}
