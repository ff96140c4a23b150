public import JSONText

/// A list of manifests: of a layout on disk, or of what refers to an image.
///
/// Source: github.com/opencontainers/image-spec/blob/v1.1.0/image-index.md
public struct ImageIndex: Sendable, Hashable {
    /// The annotation that says by which tag a layout knows a manifest.
    ///
    /// Source: github.com/opencontainers/image-spec/blob/v1.1.0/annotations.md
    public static let tagAnnotation = "org.opencontainers.image.ref.name"

    public var manifests: [ContentDescriptor]

    public init(manifests: [ContentDescriptor]) {
        self.manifests = manifests
    }

    /// Reads an index; `nil` where it is none.
    public init?(_ json: JSON) {
        guard json["schemaVersion"]?.integer == 2, let manifests = json["manifests"]?.array else { return nil }
        self.manifests = manifests.compactMap(ContentDescriptor.init)
        if self.manifests.count != manifests.count { return nil }
    }

    public var json: JSON {
        [
            "schemaVersion": 2,
            "mediaType": .string(MediaType.index.rawValue),
            "manifests": .array(manifests.map(\.json)),
        ]
    }
}
