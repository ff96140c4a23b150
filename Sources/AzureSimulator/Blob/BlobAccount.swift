#if canImport(FoundationEssentials)
import struct FoundationEssentials.Date
#else
import struct Foundation.Date
#endif

/// The blobs of one storage account.
struct BlobAccount: Sendable {
    struct Blob: Sendable {
        var bytes: [UInt8] = []
        var contentType = "application/octet-stream"
        var metadata: [String: String] = [:]
        var tag: String
        var changedAt: Date
        var createdAt: Date
        var lease = BlobLease()
        /// Blocks that were put and are not part of the blob yet.
        var blocks: [String: [UInt8]] = [:]
        /// Whether there are only blocks so far.
        var isUncommitted = false

        var size: Int { bytes.count + blocks.values.reduce(0) { $0 + $1.count } }
    }

    struct Container: Sendable {
        let name: String
        var tag: String
        var changedAt: Date
        var lease = BlobLease()
        var blobs: [String: Blob] = [:]
    }

    private(set) var containers: [String: Container] = [:]

    var size: Int {
        containers.values.reduce(0) { sum, container in container.blobs.values.reduce(sum) { $0 + $1.size } }
    }

    subscript(name: String) -> Container? {
        get { containers[name] }
        set { containers[name] = newValue }
    }

    mutating func add(_ name: String, tag: String, at now: Date) {
        guard containers[name] == nil else { return }
        containers[name] = Container(name: name, tag: tag, changedAt: now)
    }

    mutating func remove(_ name: String) {
        containers[name] = nil
    }
}
