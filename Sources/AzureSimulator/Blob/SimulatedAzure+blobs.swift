import Crypto
import HTTPTypes
import JSONText

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

// One blob: put, get, leased and deleted.

extension SimulatedAzure {
    private static let actions = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs"

    mutating func blobAnswer(_ container: String, _ name: String, _ call: StorageCall) throws(Refusal) -> AzureResponse
    {
        let scope = call.account.identifier.child("blobServices", "default").child("containers", container)
        let verb =
            switch call.request.method {
            case .get, .head: "read"
            case .delete: "delete"
            default: "write"
            }
        try permit(.data("\(Self.actions)/\(verb)"), on: scope, call)
        let old = try self.container(container, call).blobs[name]
        switch (call.request.method, call.request.query("comp")) {
        case (.get, nil), (.head, nil): return try get(old, call)
        case (.put, nil): return try put(container, name, old, call)
        case (.put, "block"): return try putBlock(container, name, old, call)
        case (.put, "blocklist"): return try putBlockList(container, name, old, call)
        case (.put, "lease"):
            var blob = try found(old)
            try checkConditions(blob, call)
            let response = try lease(&blob.lease, tag: blob.tag, blob.changedAt, call)
            blobs[call.account.key]?[container]?.blobs[name] = blob
            return response
        case (.delete, nil):
            let blob = try found(old)
            try checkConditions(blob, call)
            try blob.lease.checkWrite(call.lease, at: call.now)
            blobs[call.account.key]?[container]?.blobs[name] = nil
            noteBlob(container, name, call)
            return AzureResponse(.accepted)
        default: throw .methodNotAllowed(call.request.method, "a blob")
        }
    }

    private func found(_ blob: BlobAccount.Blob?) throws(Refusal) -> BlobAccount.Blob {
        guard let blob, !blob.isUncommitted else {
            throw .notFound("BlobNotFound", "The specified blob does not exist.")
        }
        return blob
    }

    private mutating func noteBlob(_ container: String, _ name: String, _ call: StorageCall) {
        let key = "\(call.account.key)/blob/\(container)/\(name)"
        written.append(key)
        journal.noteWrite(of: key, below: [call.account.key], from: call.now, to: call.now)
    }

    // MARK: Reading and writing

    private func get(_ old: BlobAccount.Blob?, _ call: StorageCall) throws(Refusal) -> AzureResponse {
        let blob = try found(old)
        if let tag = call.request.headers[.ifNoneMatch], tag == "*" || tag == blob.tag {
            return AzureResponse(.notModified, headers: .with(["ETag": blob.tag]))
        }
        try checkConditions(blob, call)
        try blob.lease.checkRead(call.lease, at: call.now)
        var headers = leaseHeaders(blob.lease, at: call.now)
        headers.set("ETag", blob.tag)
        headers.set("Last-Modified", HTTPMoment.text(blob.changedAt))
        headers.set("x-ms-blob-type", "BlockBlob")
        headers[.contentType] = blob.contentType
        for (name, value) in blob.metadata { headers.set("x-ms-meta-\(name)", value) }
        guard call.request.method == .get else {
            headers.set("x-ms-blob-content-length", "\(blob.bytes.count)")
            return AzureResponse(.ok, headers: headers)
        }
        return AzureResponse(.ok, headers: headers, body: blob.bytes)
    }

    private mutating func put(
        _ container: String,
        _ name: String,
        _ old: BlobAccount.Blob?,
        _ call: StorageCall
    ) throws(Refusal) -> AzureResponse {
        guard call.request.header("x-ms-blob-type") == "BlockBlob" else {
            throw .badRequest("MissingRequiredHeader", "The header x-ms-blob-type must be BlockBlob here.")
        }
        try checkDigest(call)
        return try commit(call.request.body, container, name, old, call)
    }

    /// Makes bytes the contents of a blob.
    private mutating func commit(
        _ bytes: [UInt8],
        _ container: String,
        _ name: String,
        _ old: BlobAccount.Blob?,
        _ call: StorageCall
    ) throws(Refusal) -> AzureResponse {
        try checkReplacement(old, call)
        try checkSpace(for: bytes.count)
        var blob = old ?? BlobAccount.Blob(tag: "", changedAt: call.now, createdAt: call.now)
        blob.bytes = bytes
        blob.blocks = [:]
        blob.isUncommitted = false
        blob.contentType =
            call.request.header("x-ms-blob-content-type") ?? call.request.headers[.contentType]
            ?? "application/octet-stream"
        blob.metadata = metadata(call)
        blob.tag = "\"0x\(source.digits(15).uppercased())\""
        blob.changedAt = call.now
        blob.lease.didWrite(at: call.now)
        blobs[call.account.key]?[container]?.blobs[name] = blob
        noteBlob(container, name, call)
        let headers = HTTPFields.with(["ETag": blob.tag, "Last-Modified": HTTPMoment.text(call.now)])
        return AzureResponse(.created, headers: headers)
    }

    private func metadata(_ call: StorageCall) -> [String: String] {
        var metadata: [String: String] = [:]
        for field in call.request.headers {
            let name = field.name.canonicalName
            if name.hasPrefix("x-ms-meta-") { metadata[String(name.dropFirst("x-ms-meta-".count))] = field.value }
        }
        return metadata
    }

    private func checkReplacement(_ old: BlobAccount.Blob?, _ call: StorageCall) throws(Refusal) {
        let committed = old.flatMap { $0.isUncommitted ? nil : $0 }
        if call.request.headers[.ifNoneMatch] == "*", committed != nil {
            throw .conflict("BlobAlreadyExists", "The specified blob already exists.")
        }
        guard let committed else {
            guard call.request.headers[.ifMatch] == nil else { throw Self.conditionNotMet }
            guard call.lease == nil else {
                throw Refusal(.preconditionFailed, "LeaseNotPresentWithBlobOperation", "There is currently no lease.")
            }
            return
        }
        try checkConditions(committed, call)
        try committed.lease.checkWrite(call.lease, at: call.now)
    }

    // Source: learn.microsoft.com/rest/api/storageservices/specifying-conditional-headers-for-blob-service-operations
    private func checkConditions(_ blob: BlobAccount.Blob, _ call: StorageCall) throws(Refusal) {
        if let tag = call.request.headers[.ifMatch], tag != "*", tag != blob.tag { throw Self.conditionNotMet }
        if let tag = call.request.headers[.ifNoneMatch], tag == blob.tag { throw Self.conditionNotMet }
    }

    static let conditionNotMet = Refusal(
        .preconditionFailed,
        "ConditionNotMet",
        "The condition specified using HTTP conditional header(s) is not met."
    )

    private func checkDigest(_ call: StorageCall) throws(Refusal) {
        guard let given = call.request.header("Content-MD5") else { return }
        let digest = Data(Insecure.MD5.hash(data: call.request.body)).base64EncodedString()
        guard given == digest else {
            throw .badRequest("Md5Mismatch", "The MD5 value specified in the request did not match the one computed.")
        }
    }

    func checkSpace(for count: Int) throws(Refusal) {
        let used =
            blobs.values.reduce(0) { $0 + $1.size } + tables.values.reduce(0) { $0 + $1.size }
            + documents.values.reduce(0) { $0 + $1.size }
        guard used + count <= configuration.dataLimit else {
            throw Refusal(
                .contentTooLarge,
                "RequestBodyTooLarge",
                "The simulator keeps \(configuration.dataLimit) bytes."
            )
        }
    }

    // MARK: Blocks

    private mutating func putBlock(
        _ container: String,
        _ name: String,
        _ old: BlobAccount.Blob?,
        _ call: StorageCall
    ) throws(Refusal) -> AzureResponse {
        guard let id = call.request.query("blockid"), let bytes = Data(base64Encoded: id), bytes.count <= 64 else {
            throw .badRequest("InvalidQueryParameterValue", "The blockid must be base64 of at most 64 bytes.")
        }
        try checkDigest(call)
        try checkSpace(for: call.request.body.count)
        if let old, !old.isUncommitted { try old.lease.checkWrite(call.lease, at: call.now) }
        var blob = old ?? BlobAccount.Blob(tag: "", changedAt: call.now, createdAt: call.now, isUncommitted: true)
        blob.blocks[id] = call.request.body
        blobs[call.account.key]?[container]?.blobs[name] = blob
        return AzureResponse(.created)
    }

    private mutating func putBlockList(
        _ container: String,
        _ name: String,
        _ old: BlobAccount.Blob?,
        _ call: StorageCall
    ) throws(Refusal) -> AzureResponse {
        var bytes: [UInt8] = []
        for part in String(decoding: call.request.body, as: UTF8.self).split(separator: "<") {
            let isBlock = ["Latest>", "Uncommitted>"].first { part.hasPrefix($0) }
            guard let tag = isBlock else { continue }
            guard let block = old?.blocks[String(part.dropFirst(tag.count))] else {
                throw .badRequest("InvalidBlockList", "The specified block list is invalid.")
            }
            bytes += block
        }
        return try commit(bytes, container, name, old, call)
    }
}
