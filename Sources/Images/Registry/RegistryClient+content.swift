import Azure
import JSONText
import NIOHTTP1

extension RegistryClient {
    /// Whether the repository has a blob; some registries say where instead.
    func has(_ blob: ContentDescriptor) async throws -> Bool {
        let answer = try await answer(.HEAD, address("/blobs/\(blob.digest)"))
        switch answer.status {
        case 200..<400: return true
        // A repository that does not exist yet has no blob, and whoever may not look may still send.
        case 404: return false
        default: throw RegistryError(answer)
        }
    }

    /// The digest of the manifest that a tag or digest names; `nil` where there is none.
    func digest(of name: String) async throws -> ContentDigest? {
        let accept = [MediaType.manifest, .index].map(\.rawValue).joined(separator: ", ")
        let answer = try await answer(.HEAD, address("/manifests/\(name)"), headers: ["Accept": accept])
        switch answer.status {
        case 200: return answer.headers.first(name: "Docker-Content-Digest").flatMap { ContentDigest($0) }
        case 404: return nil
        default: throw RegistryError(answer)
        }
    }

    /// Puts a manifest or an index under a tag or its digest.
    ///
    /// - Returns: Whether the registry itself keeps what the manifest is about.
    @discardableResult
    func put(_ bytes: [UInt8], _ mediaType: MediaType, as name: String) async throws -> Bool {
        let answer = try await answer(
            .PUT,
            address("/manifests/\(name)"),
            headers: ["Content-Type": mediaType.rawValue],
            body: bytes
        )
        guard answer.isSuccess else { throw RegistryError(answer) }
        let digest = ContentDigest(of: bytes)
        if let said = answer.headers.first(name: "Docker-Content-Digest"), said != "\(digest)" {
            throw RegistryError.unexpected("the registry made \(answer.redacted(said)) of \(digest)")
        }
        return answer.headers.contains(name: "OCI-Subject")
    }

    /// What refers to an image, as the registry lists it; `nil` where it keeps no such lists.
    ///
    /// Source: github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md#listing-referrers
    func referrers(of subject: ContentDigest) async throws -> ImageIndex? {
        let answer = try await answer(
            .GET,
            address("/referrers/\(subject)"),
            headers: ["Accept": MediaType.index.rawValue]
        )
        return answer.status == 200 ? (try? answer.json()).flatMap(ImageIndex.init) : nil
    }

    /// The list that clients keep under a tag where the registry keeps none.
    ///
    /// Source: github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md#unavailable-referrers-api
    func taggedReferrers(of subject: ContentDigest) async throws -> ImageIndex {
        let name = Self.referrersTag(subject)
        let answer = try await answer(
            .GET,
            address("/manifests/\(name)"),
            headers: ["Accept": MediaType.index.rawValue]
        )
        switch answer.status {
        case 200:
            guard let index = (try? answer.json()).flatMap(ImageIndex.init) else {
                throw RegistryError.unexpected("\(name) is no index")
            }
            return index
        case 404: return ImageIndex(manifests: [])
        default: throw RegistryError(answer)
        }
    }

    static func referrersTag(_ subject: ContentDigest) -> String { "sha256-\(subject.hexadecimal)" }
}
