import Artifacts
import Crypto
import SystemPackage

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Writes content of a layout, which gets its name when its last byte is known.
struct BlobWriter: ~Copyable {
    private let folder: String
    private let path: String
    /// How errors call it.
    private let layout: String
    private let descriptor: FileDescriptor
    private var isOpen = true
    private var hash = SHA256()
    private var size = 0

    /// Begins a blob in a folder of blobs, on its way to a layout.
    init(in folder: String, of layout: String) throws(ArtifactError) {
        self.folder = folder
        self.layout = layout
        self.path = "\(folder)/unfinished"
        do {
            self.descriptor = try FileDescriptor.open(
                FilePath(path),
                .writeOnly,
                options: [.create, .truncate, .closeOnExec],
                permissions: FilePermissions(rawValue: 0o644)
            )
        } catch {
            throw ArtifactError(writing: layout, error)
        }
    }

    /// Who finds no end leaves what was written to whoever removes the folder.
    deinit {
        if isOpen { try? descriptor.close() }
    }

    mutating func write(_ bytes: [UInt8]) throws(ArtifactError) {
        do {
            try descriptor.writeAll(bytes)
        } catch {
            throw ArtifactError(writing: layout, error)
        }
        hash.update(data: bytes)
        size += bytes.count
    }

    /// Gives the blob its name.
    consuming func finish(_ mediaType: MediaType) throws(ArtifactError) -> ContentDescriptor {
        let digest = ContentDigest(hash.finalize())
        let name = "\(folder)/\(digest.hexadecimal)"
        do {
            isOpen = false
            try descriptor.close()
            if FileManager.default.fileExists(atPath: name) {
                try FileManager.default.removeItem(atPath: path)
            } else {
                try FileManager.default.moveItem(atPath: path, toPath: name)
            }
        } catch {
            throw ArtifactError(writing: layout, error)
        }
        return ContentDescriptor(mediaType, digest: digest, size: size)
    }
}
