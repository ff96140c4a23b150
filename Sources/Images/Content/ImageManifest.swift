public import JSONText

/// What an image, or something that is about an image, consists of.
///
/// Source: github.com/opencontainers/image-spec/blob/v1.1.0/manifest.md
public struct ImageManifest: Sendable, Hashable {
    public let configuration: ContentDescriptor
    public let layers: [ContentDescriptor]
    /// What kind of thing it is, where it is no image.
    public let artifactType: String?
    /// What it is about.
    public let subject: ContentDescriptor?

    public init(
        configuration: ContentDescriptor,
        layers: [ContentDescriptor],
        artifactType: String? = nil,
        subject: ContentDescriptor? = nil
    ) {
        self.configuration = configuration
        self.layers = layers
        self.artifactType = artifactType
        self.subject = subject
    }

    /// Reads a manifest; `nil` where it is none.
    public init?(_ json: JSON) {
        guard json["schemaVersion"]?.integer == 2, let configuration = json["config"].flatMap(ContentDescriptor.init),
            let layers = json["layers"]?.array
        else { return nil }
        self.configuration = configuration
        self.layers = layers.compactMap(ContentDescriptor.init)
        self.artifactType = json["artifactType"]?.string
        self.subject = json["subject"].flatMap(ContentDescriptor.init)
        if self.layers.count != layers.count { return nil }
    }

    public var json: JSON {
        .compact([
            "schemaVersion": 2,
            "mediaType": .string(MediaType.manifest.rawValue),
            "artifactType": artifactType.map { .string($0) },
            "config": configuration.json,
            "layers": .array(layers.map(\.json)),
            "subject": subject?.json,
        ])
    }

    /// Everything that must be there before the manifest.
    public var blobs: [ContentDescriptor] { [configuration] + layers }
}
