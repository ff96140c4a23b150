import HTTPTypes
import JSONText

#if canImport(FoundationEssentials)
import struct FoundationEssentials.Date
#else
import struct Foundation.Date
#endif

// Where images are kept.
//
// Source: github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md

extension SimulatedAzure {
    mutating func registryAnswer(
        _ request: AzureRequest,
        registry name: String,
        _ path: [String],
        at now: Date
    ) -> AzureResponse {
        guard let registry = liveRegistry(name) else {
            var response = AzureResponse(.serviceUnavailable)
            response.delivery = .dropped
            return response
        }
        do throws(Refusal) {
            guard let kind = path.lastIndex(where: { ["blobs", "manifests", "referrers"].contains($0) }), kind > 0,
                kind + 1 < path.count
            else { throw .notFound("NAME_UNKNOWN", "There is no such repository.") }
            let repository = path[..<kind].joined(separator: "/")
            let right: RegistryRight = request.method == .get || request.method == .head ? .pull : .push
            // What is sent names the registry where several are on one server.
            let named = request.isOnHost(of: name) ? repository : "\(name)/\(repository)"
            try checkRegistryAccess(request, registry, repository: named, right: right, at: now)
            let call = RegistryCall(
                registry: registry.key,
                repository: repository,
                base: "/v2/\(named)",
                words: Array(path[kind...])
            )
            return try contentAnswer(request, call, at: now)
        } catch {
            return error.registryResponse
        }
    }

    private mutating func contentAnswer(
        _ request: AzureRequest,
        _ call: RegistryCall,
        at now: Date
    ) throws(Refusal) -> AzureResponse {
        let (words, contents) = (call.words, registries[call.registry] ?? RegistryContents())
        let repository = contents.repositories[call.repository]
        switch (request.method, words[0], words.count) {
        case (.head, "blobs", 2), (.get, "blobs", 2):
            guard let blob = repository?.blobs[words[1]] else { throw .notFound("BLOB_UNKNOWN", "blob unknown") }
            return try answer(with: blob, words[1], to: request)
        case (.post, "blobs", 2) where words[1] == "uploads": return beginUpload(request, call)
        case (.get, "blobs", 3): return try tell(upload(words[2], request, call), words[2], call)
        case (.patch, "blobs", 3): return try take(request, words[2], call)
        case (.put, "blobs", 3): return try finishUpload(request, words[2], call)
        case (.head, "manifests", 2), (.get, "manifests", 2):
            guard let digest = repository?.digest(of: words[1]), let manifest = repository?.manifests[digest] else {
                throw .notFound("MANIFEST_UNKNOWN", "manifest tagged by \"\(words[1])\" is not found")
            }
            let headers = HTTPFields.with(["Docker-Content-Digest": digest, "Content-Type": manifest.mediaType])
            return AzureResponse(.ok, headers: headers, body: request.method == .get ? manifest.bytes : [])
        case (.put, "manifests", 2): return try putManifest(request, words[1], call, at: now)
        case (.get, "referrers", 2): return referrers(of: words[1], repository)
        default: throw .methodNotAllowed(request.method, "this address")
        }
    }

    // MARK: Blobs

    /// The bytes of a blob that somebody asks for.
    ///
    /// Source: RFC 9110, section 14
    private func answer(with blob: [UInt8], _ digest: String, to request: AzureRequest) throws(Refusal) -> AzureResponse
    {
        let headers = HTTPFields.with(["Docker-Content-Digest": digest])
        guard request.method == .get else { return AzureResponse(.ok, headers: headers) }
        guard let range = request.header("Range") else { return AzureResponse(.ok, headers: headers, body: blob) }
        let ends = range.replacing("bytes=", with: "").split(separator: "-").compactMap { Int($0) }
        guard ends.count == 2, ends[0] <= ends[1], ends[0] < blob.count else {
            throw Refusal(.init(code: 416), "RANGE_INVALID", "The range is not in the blob.")
        }
        let part = blob[ends[0]...min(ends[1], blob.count - 1)]
        return AzureResponse(.partialContent, headers: headers, body: Array(part))
    }

    private mutating func beginUpload(_ request: AzureRequest, _ call: RegistryCall) -> AzureResponse {
        let contents = registries[call.registry]
        if let digest = request.query("mount"), let from = request.query("from"),
            let blob = contents?.repositories[String(from.split(separator: "/").last ?? "")]?.blobs[digest]
        {
            registries[call.registry]?.repositories[call.repository, default: .init()].blobs[digest] = blob
            return AzureResponse(.created, headers: .with(["Docker-Content-Digest": digest]))
        }
        let id = source.guid()
        let upload = RegistryContents.Upload(repository: call.repository, state: source.digits(16))
        registries[call.registry, default: RegistryContents()].uploads[id] = upload
        return tell(upload, id, call)
    }

    /// An upload that goes on, by the address that was given out last.
    private func upload(
        _ id: String,
        _ request: AzureRequest,
        _ call: RegistryCall
    ) throws(Refusal) -> RegistryContents.Upload {
        guard let upload = registries[call.registry]?.uploads[id], upload.repository == call.repository,
            request.query("_state") == upload.state
        else { throw .notFound("BLOB_UPLOAD_UNKNOWN", "blob upload unknown to registry") }
        return upload
    }

    private func tell(_ upload: RegistryContents.Upload, _ id: String, _ call: RegistryCall) -> AzureResponse {
        let last = max(0, upload.bytes.count - 1)
        return AzureResponse(
            .accepted,
            headers: .with([
                "Location": "\(call.base)/blobs/uploads/\(id)?_state=\(upload.state)", "Range": "0-\(last)",
                "Docker-Upload-UUID": id,
            ])
        )
    }

    /// Takes a piece of an upload, which must begin where the last one ended.
    private mutating func take(
        _ request: AzureRequest,
        _ id: String,
        _ call: RegistryCall
    ) throws(Refusal) -> AzureResponse {
        var upload = try upload(id, request, call)
        try append(request, to: &upload, call)
        upload.state = source.digits(16)
        registries[call.registry]?.uploads[id] = upload
        return tell(upload, id, call)
    }

    private func append(
        _ request: AzureRequest,
        to upload: inout RegistryContents.Upload,
        _ call: RegistryCall
    ) throws(Refusal) {
        if let range = request.header("Content-Range") {
            guard range == "\(upload.bytes.count)-\(upload.bytes.count + request.body.count - 1)" else {
                throw Refusal(.init(code: 416), "BLOB_UPLOAD_INVALID", "The range does not follow.")
            }
        }
        guard (registries[call.registry]?.size ?? 0) + request.body.count <= configuration.dataLimit else {
            throw Refusal(.contentTooLarge, "SIZE_INVALID", "The simulator keeps \(configuration.dataLimit) bytes.")
        }
        upload.bytes += request.body
    }

    private mutating func finishUpload(
        _ request: AzureRequest,
        _ id: String,
        _ call: RegistryCall
    ) throws(Refusal) -> AzureResponse {
        var upload = try upload(id, request, call)
        try append(request, to: &upload, call)
        let digest = RegistryContents.digest(of: upload.bytes)
        guard request.query("digest") == digest else {
            throw .badRequest("DIGEST_INVALID", "provided digest did not match uploaded content")
        }
        registries[call.registry]?.uploads[id] = nil
        registries[call.registry]?.repositories[call.repository, default: .init()].blobs[digest] = upload.bytes
        return AzureResponse(.created, headers: .with(["Docker-Content-Digest": digest]))
    }

    // MARK: Manifests

    private mutating func putManifest(
        _ request: AzureRequest,
        _ name: String,
        _ call: RegistryCall,
        at now: Date
    ) throws(Refusal) -> AzureResponse {
        guard let document = try? JSON(parsing: request.body), let type = document["mediaType"]?.string,
            request.header("Content-Type") == type
        else { throw .badRequest("MANIFEST_INVALID", "The manifest is not of the type that it is called.") }
        let repository = registries[call.registry]?.repositories[call.repository]
        let blobs = ([document["config"]] + (document["layers"]?.array ?? [])).compactMap { $0?["digest"]?.string }
        guard blobs.allSatisfy({ repository?.blobs[$0] != nil }) else {
            throw .badRequest("MANIFEST_BLOB_UNKNOWN", "blob unknown to registry")
        }
        let digest = RegistryContents.digest(of: request.body)
        guard !name.hasPrefix("sha256:") || name == digest else {
            throw .badRequest("DIGEST_INVALID", "provided digest did not match uploaded content")
        }
        let manifest = RegistryContents.Manifest(mediaType: type, bytes: request.body, document: document)
        registries[call.registry, default: .init()].repositories[call.repository, default: .init()]
            .manifests[digest] = manifest
        if name != digest {
            registries[call.registry]?.repositories[call.repository]?.tags[name] = digest
            let key = "\(call.registry)/images/\(call.repository)"
            written.append(key)
            journal.noteWrite(of: key, below: [call.registry], from: now, to: now)
        }
        var headers = HTTPFields.with(["Docker-Content-Digest": digest])
        headers.set("OCI-Subject", document["subject"]?["digest"]?.string)
        return AzureResponse(.created, headers: headers)
    }

    private func referrers(of digest: String, _ repository: RegistryContents.Repository?) -> AzureResponse {
        let found = (repository?.manifests ?? [:]).filter { $0.value.document["subject"]?["digest"]?.string == digest }
        let descriptors = found.sorted { $0.key < $1.key }.map { digest, manifest in
            JSON.compact([
                "mediaType": .string(manifest.mediaType), "digest": .string(digest),
                "size": JSON(manifest.bytes.count), "artifactType": manifest.document["artifactType"],
            ])
        }
        let type = "application/vnd.oci.image.index.v1+json"
        var response = AzureResponse(
            .ok,
            json: ["schemaVersion": 2, "mediaType": .string(type), "manifests": .array(descriptors)]
        )
        response.headers[.contentType] = type
        return response
    }
}

/// A request for a repository.
private struct RegistryCall {
    let registry: String
    let repository: String
    /// The address of the repository, as clients see it.
    let base: String
    /// The path below the repository.
    let words: [String]
}

extension AzureRequest {
    /// Whether the registry has a host of its own.
    fileprivate func isOnHost(of name: String) -> Bool {
        authority.lowercased().hasPrefix("\(name).")
    }
}
