public import JSONText

/// What points at content: its kind, its digest and its size.
///
/// Source: github.com/opencontainers/image-spec/blob/v1.1.0/descriptor.md
public struct ContentDescriptor: Sendable, Hashable {
    public let mediaType: String
    public let digest: ContentDigest
    public let size: Int
    public var artifactType: String?
    public var platform: Architecture?
    /// Sorted by name when written, so that the same facts are the same bytes.
    public var annotations: [String: String] = [:]

    public init(_ mediaType: MediaType, digest: ContentDigest, size: Int) {
        self.mediaType = mediaType.rawValue
        self.digest = digest
        self.size = size
    }

    public init(_ mediaType: MediaType, of bytes: [UInt8]) {
        self.init(mediaType, digest: ContentDigest(of: bytes), size: bytes.count)
    }

    /// Reads a descriptor; `nil` where it is none.
    ///
    /// Names of platforms that are not known here are left out.
    public init?(_ json: JSON) {
        guard let mediaType = json["mediaType"]?.string,
            let digest = (json["digest"]?.string).flatMap({ ContentDigest($0) }),
            let size = json["size"]?.integer, size >= 0
        else { return nil }
        self.mediaType = mediaType
        self.digest = digest
        self.size = size
        self.artifactType = json["artifactType"]?.string
        self.platform = (json["platform"]?["architecture"]?.string).flatMap { Architecture(rawValue: $0) }
        for member in json["annotations"]?.members ?? [] { annotations[member.name] = member.value.string }
    }

    public var json: JSON {
        .compact([
            "mediaType": .string(mediaType),
            "artifactType": artifactType.map { .string($0) },
            "digest": .string("\(digest)"),
            "size": JSON(size),
            "annotations": annotations.isEmpty ? nil : .sorted(annotations),
            "platform": platform.map { ["architecture": .string($0.rawValue), "os": "linux"] },
        ])
    }
}

extension JSON {
    /// An object of texts, sorted by name.
    static func sorted(_ texts: [String: String]) -> JSON {
        .object(texts.sorted { $0.key < $1.key }.map { Member($0.key, .string($0.value)) })
    }
}
