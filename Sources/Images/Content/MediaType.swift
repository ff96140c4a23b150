/// What kind of content something is.
///
/// Sources: github.com/opencontainers/image-spec/blob/v1.1.0/media-types.md; iana.org/assignments/media-types for SPDX.
public enum MediaType: String, Sendable, Hashable {
    case index = "application/vnd.oci.image.index.v1+json"
    case manifest = "application/vnd.oci.image.manifest.v1+json"
    case configuration = "application/vnd.oci.image.config.v1+json"
    case layer = "application/vnd.oci.image.layer.v1.tar+gzip"
    case empty = "application/vnd.oci.empty.v1+json"
    case billOfMaterials = "application/spdx+json"
    case zip = "application/zip"
}
