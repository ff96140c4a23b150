import Artifacts
import Crypto
import JSONText

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// An image on disk, with all that refers to it.
///
/// Source: github.com/opencontainers/image-spec/blob/v1.1.0/image-layout.md
public struct ImageLayout: Sendable {
    static let marker = "oci-layout"
    static let indexFile = "index.json"
    static let blobFolder = "blobs/sha256"
    /// More than any manifest or index has; registries refuse more than this.
    ///
    /// Source: github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md#pushing-manifests
    static let documentLimit = 4 << 20

    public let path: String
    public let index: ImageIndex

    /// Reads the index of a layout.
    public init(reading path: String) throws(ImageError) {
        self.path = path
        guard FileManager.default.fileExists(atPath: "\(path)/\(Self.marker)") else { throw .noLayout(path: path) }
        guard let index = ImageIndex(try Self.document(at: "\(path)/\(Self.indexFile)", in: path)) else {
            throw .damagedLayout(path: path, reason: "\(Self.indexFile) is no index")
        }
        self.index = index
    }

    /// The image that has a tag in the layout; the only image where none is named.
    public func image(tagged tag: String? = nil) throws(ImageError) -> ContentDescriptor {
        let images = index.manifests.filter { $0.annotations[ImageIndex.tagAnnotation] != nil }
        if tag == nil, images.count == 1 { return images[0] }
        if let image = images.first(where: { $0.annotations[ImageIndex.tagAnnotation] == tag }) { return image }
        throw .noSuchTag(tag ?? "", known: tags)
    }

    /// The tags that the layout knows.
    public var tags: [String] { index.manifests.compactMap { $0.annotations[ImageIndex.tagAnnotation] } }

    /// Looks whether a file is the content that the layout says it is.
    func check(_ file: SourceFile, _ blob: ContentDescriptor) throws {
        var hash = SHA256()
        try file.forEachPiece { hash.update(data: $0) }
        guard file.size == blob.size, ContentDigest(hash.finalize()) == blob.digest else {
            throw ImageError.damagedLayout(path: path, reason: "\(blob.digest) is something else")
        }
    }

    /// A manifest with its bytes, of which the digest is right.
    func manifest(_ descriptor: ContentDescriptor) throws(ImageError) -> (ImageManifest, bytes: [UInt8]) {
        let bytes = try Self.bytes(of: file(descriptor.digest))
        guard ContentDigest(of: bytes) == descriptor.digest,
            let manifest = (try? JSON(parsing: bytes)).flatMap(ImageManifest.init)
        else { throw .damagedLayout(path: path, reason: "\(descriptor.digest) is no manifest") }
        return (manifest, bytes)
    }

    /// The manifests that are about another.
    func referrers(of subject: ContentDigest) throws(ImageError) -> [ContentDescriptor] {
        var referrers: [ContentDescriptor] = []
        for descriptor in index.manifests where descriptor.annotations[ImageIndex.tagAnnotation] == nil {
            if try manifest(descriptor).0.subject?.digest == subject { referrers.append(descriptor) }
        }
        return referrers
    }

    /// Where content lies.
    func file(_ digest: ContentDigest) -> String { "\(path)/\(Self.blobFolder)/\(digest.hexadecimal)" }

    private static func document(at file: String, in path: String) throws(ImageError) -> JSON {
        let bytes = try bytes(of: file)
        do {
            return try JSON(parsing: bytes)
        } catch {
            throw .damagedLayout(path: path, reason: "\(file) is no JSON: \(error)")
        }
    }

    private static func bytes(of path: String) throws(ImageError) -> [UInt8] {
        do throws(ArtifactError) {
            let file = try SourceFile(path)
            defer { file.close() }
            guard file.size <= documentLimit else {
                throw .unreadable(path: path, reason: "it is larger than \(documentLimit >> 20) MB")
            }
            return try file.bytes(in: 0..<file.size)
        } catch {
            throw ImageError(error)
        }
    }
}
