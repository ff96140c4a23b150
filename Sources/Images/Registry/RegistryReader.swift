import Artifacts
public import Azure
import Crypto
import JSONText
import NIOHTTP1
import SystemPackage

/// Looks what a tag names, and fetches it.
public struct RegistryReader: Sendable {
    private let client: RegistryClient

    /// Prepares to look.
    ///
    /// - Parameters:
    ///   - reference: Where the image or artifact would be.
    ///   - credential: What to show there.
    ///   - connection: How requests travel.
    ///   - policy: When they are sent again.
    public init(
        _ reference: ImageReference,
        credential: RegistryCredential,
        connection: AzureConnection,
        policy: RetryPolicy = ImagePush.usualPolicy
    ) {
        self.client = RegistryClient(
            reference,
            credential: credential,
            mountingFrom: nil,
            connection: connection,
            policy: policy
        )
    }

    /// The digest of the image that has the tag; `nil` where there is none.
    ///
    /// - Throws: ``RegistryError``, errors of signing in to Azure, `CancellationError`.
    public func digest() async throws -> ContentDigest? { try await client.digest(of: client.reference.tag) }

    /// Writes the only file of the artifact to a place, one piece at a time.
    ///
    /// - Parameter path: Where; a file that is there is replaced.
    /// - Returns: Whether the registry has the artifact.
    /// - Throws: ``RegistryError``, also where what comes has another digest; ``ImageError`` for the disk.
    public func pull(to path: String) async throws -> Bool {
        guard let blob = try await client.artifact(client.reference.tag) else { return false }
        var writer = try FileWriter(path)
        var address = client.address("/blobs/\(blob.digest)")
        var offset = 0
        while offset < blob.size {
            let end = min(offset + ImagePush.usualChunk, blob.size)
            let answer = try await client.answer(.GET, address, headers: ["Range": "bytes=\(offset)-\(end - 1)"])
            switch answer.status {
            // Blobs may lie on servers of others, which are told nothing of who asks.
            case 307, 302:
                guard let location = answer.headers.first(name: "Location"), let next = address.resolving(location),
                    next != address
                else { throw RegistryError.unexpected("the registry sends readers to no address") }
                address = next
                continue
            case 206 where answer.body.count == end - offset, 200 where answer.body.count == blob.size:
                try writer.write(answer.body)
                offset += answer.body.count
            case 404: return false
            default: throw RegistryError(answer)
            }
        }
        guard writer.finish() == blob.digest else {
            throw RegistryError.unexpected("\(blob.digest) is something else there")
        }
        return true
    }
}

extension RegistryClient {
    /// The only file of an artifact; `nil` where there is no such artifact.
    fileprivate func artifact(_ name: String) async throws -> ContentDescriptor? {
        let accept = MediaType.manifest.rawValue
        let answer = try await answer(.GET, address("/manifests/\(name)"), headers: ["Accept": accept])
        switch answer.status {
        case 200: break
        case 404: return nil
        default: throw RegistryError(answer)
        }
        guard let manifest = try answer.json().flatMap(ImageManifest.init), manifest.layers.count == 1 else {
            throw RegistryError.unexpected("\(name) is no artifact of one file")
        }
        return manifest.layers[0]
    }
}

/// Writes a file, and finds out what it is.
private struct FileWriter: ~Copyable {
    private let path: String
    private let descriptor: FileDescriptor
    private var hash = SHA256()

    init(_ path: String) throws(ImageError) {
        self.path = path
        do {
            self.descriptor = try FileDescriptor.open(
                FilePath(path),
                .writeOnly,
                options: [.create, .truncate, .closeOnExec],
                permissions: [.ownerReadWrite]
            )
        } catch {
            throw ImageError(ArtifactError(writing: path, error))
        }
    }

    deinit { try? descriptor.close() }

    mutating func write(_ bytes: [UInt8]) throws(ImageError) {
        do { try descriptor.writeAll(bytes) } catch { throw ImageError(ArtifactError(writing: path, error)) }
        hash.update(data: bytes)
    }

    /// What was written.
    consuming func finish() -> ContentDigest { ContentDigest(hash.finalize()) }
}
