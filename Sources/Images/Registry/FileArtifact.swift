import Artifacts
import JSONText

/// A file that registries keep beside images.
///
/// Source: github.com/opencontainers/image-spec/blob/v1.1.0/manifest.md#guidelines-for-artifact-usage
public enum FileArtifact {
    /// Writes a layout that holds a file, for ``ImagePush``.
    ///
    /// - Parameters:
    ///   - file: The file.
    ///   - mediaType: What kind of file it is.
    ///   - type: What it is for, as a media type.
    ///   - tag: The tag of the artifact.
    ///   - path: The folder of the layout.
    /// - Returns: The layout.
    /// - Throws: ``ImageError``; nothing half-written stays.
    public static func layout(
        of file: String,
        _ mediaType: MediaType,
        type: String,
        tag: String,
        at path: String
    ) throws -> ImageLayout {
        let layout = try LayoutWriter(at: path)
        do {
            let manifest = ImageManifest(
                configuration: try layout.write([:], .empty),
                layers: [try layout.write(copyOf: file, mediaType)],
                artifactType: type
            )
            var descriptor = try layout.write(manifest.json, .manifest)
            descriptor.annotations[ImageIndex.tagAnnotation] = tag
            try layout.finish(ImageIndex(manifests: [descriptor]))
        } catch {
            layout.abandon()
            throw (error as? ArtifactError).map { ImageError($0) } ?? error
        }
        return try ImageLayout(reading: path)
    }
}
