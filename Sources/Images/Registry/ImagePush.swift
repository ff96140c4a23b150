import Artifacts
public import Azure
import JSONText

/// Sends an image to a registry, and nothing that is there already.
public struct ImagePush: Sendable {
    /// What travels in one request; more goes in several, each of which can be repeated.
    public static let usualChunk = 4 << 20

    /// What came of it.
    public struct Outcome: Sendable, Hashable {
        public let digest: ContentDigest
        public var sent: [ContentDescriptor] = []
        public var mounted: [ContentDescriptor] = []
        /// Bytes of blobs that travelled, repetitions too.
        public var bytes = 0
        /// Whether the tag already named this image.
        public var isUnchanged = false
    }

    private let layout: ImageLayout
    private let client: RegistryClient
    private let chunk: Int
    private let mountingFrom: String?

    /// Prepares to send.
    ///
    /// - Parameters:
    ///   - layout: Where the image lies.
    ///   - reference: Where it goes.
    ///   - credential: What to show there.
    ///   - mountingFrom: Another repository of the registry, which may hold some of it.
    ///   - chunk: How much travels in one request.
    ///   - connection: How requests travel.
    ///   - policy: When they are sent again.
    public init(
        _ layout: ImageLayout,
        to reference: ImageReference,
        credential: RegistryCredential,
        mountingFrom: String? = nil,
        chunk: Int = usualChunk,
        connection: AzureConnection,
        policy: RetryPolicy = usualPolicy
    ) {
        self.layout = layout
        self.chunk = chunk
        self.mountingFrom = mountingFrom
        self.client = RegistryClient(
            reference,
            credential: credential,
            mountingFrom: mountingFrom,
            connection: connection,
            policy: policy
        )
    }

    /// Patient enough for a slow line, and impatient enough for a person.
    public static var usualPolicy: RetryPolicy {
        var policy = RetryPolicy()
        policy.tries = 6
        policy.answerLimit = .seconds(300)
        return policy
    }

    /// Sends the image, what is about it, and last the tag, so that nobody sees a part.
    ///
    /// - Returns: What had to be sent.
    /// - Throws: ``ImageError`` for the layout, ``RegistryError``, errors of signing in to Azure.
    public func run() async throws -> Outcome {
        do {
            return try await send()
        } catch let error as ArtifactError {
            throw ImageError(error)
        }
    }

    private func send() async throws -> Outcome {
        let image = try layout.image(tagged: layout.tags.contains(client.reference.tag) ? client.reference.tag : nil)
        var outcome = Outcome(digest: image.digest)
        outcome.isUnchanged = try await client.digest(of: client.reference.tag) == image.digest
        let (manifest, bytes) = try layout.manifest(image)
        if !outcome.isUnchanged {
            for blob in manifest.blobs { try await send(blob, &outcome) }
            try await client.put(bytes, .manifest, as: "\(image.digest)")
        }
        try await attach(layout.referrers(of: image.digest), to: image.digest, &outcome)
        if !outcome.isUnchanged { try await client.put(bytes, .manifest, as: client.reference.tag) }
        return outcome
    }

    private func send(_ blob: ContentDescriptor, _ outcome: inout Outcome) async throws {
        if try await client.has(blob) { return }
        let file = try SourceFile(layout.file(blob.digest))
        defer { file.close() }
        try layout.check(file, blob)
        let upload = BlobUpload(client: client, blob: blob, file: file, chunk: chunk, mountingFrom: mountingFrom)
        switch try await upload.run() {
        case .mounted: outcome.mounted.append(blob)
        case .sent(let bytes):
            outcome.sent.append(blob)
            outcome.bytes += bytes
        }
    }

    /// Sends what is about the image, where the registry does not list it yet.
    private func attach(
        _ referrers: [ContentDescriptor],
        to subject: ContentDigest,
        _ outcome: inout Outcome
    ) async throws {
        guard !referrers.isEmpty else { return }
        let kept = try await client.referrers(of: subject)
        var tagged = kept == nil ? try await client.taggedReferrers(of: subject) : nil
        let known = Set((kept ?? tagged)?.manifests.map(\.digest) ?? [])
        let missing = referrers.filter { !known.contains($0.digest) }
        var isKept = true
        for referrer in missing {
            let (manifest, bytes) = try layout.manifest(referrer)
            for blob in manifest.blobs { try await send(blob, &outcome) }
            isKept = try await client.put(bytes, .manifest, as: "\(referrer.digest)") && isKept
        }
        guard !missing.isEmpty, !isKept, tagged != nil else { return }
        tagged?.manifests += missing
        if let index = tagged {
            try await client.put(index.json.bytes, .index, as: RegistryClient.referrersTag(subject))
        }
    }
}
