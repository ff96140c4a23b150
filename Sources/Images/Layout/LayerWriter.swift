import Artifacts
import Crypto

/// Writes a layer: entries to an archive, the archive to gzip, gzip to a blob, all of it piece by piece.
struct LayerWriter: ~Copyable {
    private var blob: BlobWriter
    private var gzip: DeflateStream
    /// Of the archive before it is compressed.
    private var hash = SHA256()

    /// Begins a layer in a folder of blobs, on its way to a layout.
    init(in folder: String, of layout: String) throws(ArtifactError) {
        self.init(blob: try BlobWriter(in: folder, of: layout), gzip: try DeflateStream(.gzip))
    }

    private init(blob: consuming BlobWriter, gzip: consuming DeflateStream) {
        self.blob = blob
        self.gzip = gzip
    }

    /// Writes entries, sorted by their paths, and ends the layer.
    consuming func write(_ entries: [ArchiveEntry]) throws -> (ContentDescriptor, difference: ContentDigest) {
        for entry in entries.sorted(by: { $0.path < $1.path }) { try add(entry) }
        try add(TarHeader.end)
        try blob.write(gzip.finish())
        return (try blob.finish(.layer), ContentDigest(hash.finalize()))
    }

    private mutating func add(_ entry: ArchiveEntry) throws {
        switch entry.kind {
        case .folder: try add(header(entry, size: 0))
        case .file(let contents):
            var size = 0
            try contents.read { count in
                size = count
                try add(header(entry, size: count))
            } _: { piece in
                try add(piece)
            }
            try add(TarHeader.padding(after: size))
        }
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
