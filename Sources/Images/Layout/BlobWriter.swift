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
    private let descriptor: FileDescriptor
    private var hash = SHA256()
    private var size = 0

    /// Begins a blob in a folder of blobs.
    init(in folder: String) throws(ImageError) {
        self.folder = folder
        self.path = "\(folder)/unfinished"
        do {
            self.descriptor = try FileDescriptor.open(
                FilePath(path),
                .writeOnly,
                options: [.create, .truncate, .closeOnExec],
                permissions: FilePermissions(rawValue: 0o644)
            )
        } catch {
            throw ImageError(writing: path, error)
        }
    }

    mutating func write(_ bytes: [UInt8]) throws(ImageError) {
        do {
            try descriptor.writeAll(bytes)
        } catch {
            throw ImageError(writing: path, error)
        }
        hash.update(data: bytes)
        size += bytes.count
    }

    /// Gives the blob its name.
    consuming func finish(_ mediaType: MediaType) throws(ImageError) -> ContentDescriptor {
        let digest = ContentDigest(hash.finalize())
        let name = "\(folder)/\(digest.hexadecimal)"
        do {
            try descriptor.close()
            if FileManager.default.fileExists(atPath: name) {
                try FileManager.default.removeItem(atPath: path)
            } else {
                try FileManager.default.moveItem(atPath: path, toPath: name)
            }
        } catch {
            throw ImageError(writing: path, error)
        }
        return ContentDescriptor(mediaType, digest: digest, size: size)
    }

    /// Leaves what was written to whoever removes the folder.
    consuming func abandon() {
        try? descriptor.close()
    }
}

extension ImageError {
    /// What a failure to write means.
    init(writing path: String, _ error: any Error) {
        let isFull = (error as? Errno) == .noSpace || (error as? CocoaError)?.code == .fileWriteOutOfSpace
        self = isFull ? .diskFull(path: path) : .unwritable(path: path, reason: "\(error)")
    }
}
