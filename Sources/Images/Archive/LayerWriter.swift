import Crypto

/// Writes a layer: entries to an archive, the archive to gzip, gzip to a blob, all of it piece by piece.
struct LayerWriter: ~Copyable {
    private var blob: BlobWriter
    private var gzip: GzipStream
    /// Of the archive before it is compressed.
    private var hash = SHA256()

    /// Begins a layer in a folder of blobs.
    init(in folder: String) throws(ImageError) {
        self.init(blob: try BlobWriter(in: folder), gzip: try GzipStream())
    }

    private init(blob: consuming BlobWriter, gzip: consuming GzipStream) {
        self.blob = blob
        self.gzip = gzip
    }

    /// Writes entries, sorted by their paths, and ends the layer.
    consuming func write(_ entries: [ArchiveEntry]) throws -> (ContentDescriptor, difference: ContentDigest) {
        do {
            for entry in entries.sorted(by: { $0.path < $1.path }) { try add(entry) }
            try add(TarHeader.end)
            try blob.write(gzip.finish())
        } catch {
            blob.abandon()
            throw error
        }
        return (try blob.finish(.layer), ContentDigest(hash.finalize()))
    }

    private mutating func add(_ entry: ArchiveEntry) throws {
        switch entry.contents {
        case .folder: try add(header(entry, size: 0))
        case .bytes(let bytes):
            try add(header(entry, size: bytes.count))
            try add(bytes)
            try add(TarHeader.padding(after: bytes.count))
        case .file(let path): try add(entry, from: SourceFile(path))
        }
    }

    private mutating func add(_ entry: ArchiveEntry, from file: SourceFile) throws {
        defer { file.close() }
        try add(header(entry, size: file.size))
        var count = 0
        try file.forEachPiece { piece in
            count += piece.count
            try add(piece)
        }
        guard count == file.size else { throw ImageError.unreadable(path: file.path, reason: "it became shorter") }
        try add(TarHeader.padding(after: file.size))
    }

    private func header(_ entry: ArchiveEntry, size: Int) throws(ImageError) -> [UInt8] {
        guard let header = TarHeader(entry, size: size) else { throw .unusableName(entry.path) }
        return header.bytes
    }

    private mutating func add(_ bytes: [UInt8]) throws {
        hash.update(data: bytes)
        try blob.write(gzip.compress(bytes))
    }
}
