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
            throw ImageError(writing: path, error)
        }
    }

    private var blobs: String { "\(draft)/\(ImageLayout.blobFolder)" }

    func write(_ bytes: [UInt8], _ mediaType: MediaType) throws(ImageError) -> ContentDescriptor {
        var writer = try BlobWriter(in: blobs)
        try writer.write(bytes)
        return try writer.finish(mediaType)
    }

    func write(_ json: JSON, _ mediaType: MediaType) throws(ImageError) -> ContentDescriptor {
        try write(json.bytes, mediaType)
    }

    /// Writes what a file holds.
    func write(copyOf path: String, _ mediaType: MediaType) throws -> ContentDescriptor {
        let file = try SourceFile(path)
        defer { file.close() }
        var writer = try BlobWriter(in: blobs)
        try file.forEachPiece { try writer.write($0) }
        return try writer.finish(mediaType)
    }

    /// Writes a layer.
    ///
    /// - Returns: What the layer is as it travels, and the digest of the archive in it.
    func write(layer entries: [ArchiveEntry]) throws -> (ContentDescriptor, difference: ContentDigest) {
        let layer = try LayerWriter(in: blobs)
        return try layer.write(entries)
    }

    /// Puts the layout into its place.
    func finish(_ index: ImageIndex) throws(ImageError) {
        do {
            try Data(JSON.object([.init("imageLayoutVersion", "1.0.0")]).bytes)
                .write(to: URL(filePath: "\(draft)/\(ImageLayout.marker)"))
            try Data(index.json.bytes).write(to: URL(filePath: "\(draft)/\(ImageLayout.indexFile)"))
            let former = "\(draft).former"
            if FileManager.default.fileExists(atPath: path) {
                try FileManager.default.moveItem(atPath: path, toPath: former)
            }
            try FileManager.default.moveItem(atPath: draft, toPath: path)
            try? FileManager.default.removeItem(atPath: former)
        } catch {
            throw ImageError(writing: path, error)
        }
    }

    /// Removes what was written.
    func abandon() {
        try? FileManager.default.removeItem(atPath: draft)
    }
}
