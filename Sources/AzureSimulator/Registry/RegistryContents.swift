import Crypto
import JSONText
import WebFormats

/// What a registry holds.
struct RegistryContents: Sendable {
    struct Manifest: Sendable {
        let mediaType: String
        let bytes: [UInt8]
        let document: JSON
    }

    struct Upload: Sendable {
        let repository: String
        var bytes: [UInt8] = []
        /// What the next request must show; each is good once.
        var state: String
    }

    struct Repository: Sendable {
        var blobs: [String: [UInt8]] = [:]
        /// By digest.
        var manifests: [String: Manifest] = [:]
        /// The digests of manifests.
        var tags: [String: String] = [:]

        /// The digest that a tag or a digest names.
        func digest(of name: String) -> String? { manifests[name] == nil ? tags[name] : name }
    }

    var repositories: [String: Repository] = [:]
    var uploads: [String: Upload] = [:]

    var size: Int {
        repositories.values.reduce(0) { $0 + $1.blobs.values.reduce(0) { $0 + $1.count } }
            + uploads.values.reduce(0) { $0 + $1.bytes.count }
    }

    static func digest(of bytes: [UInt8]) -> String { "sha256:\(SHA256.hash(data: bytes).hexadecimal)" }
}
