#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// The few calls to the C library about files.
public enum PlatformFiles {
    static func rename(_ source: String, to target: String) throws {
        guard systemRename(source, target) == 0 else { throw StateError.unwritable(path: target) }
    }

    static func remove(_ path: String) {
        _ = unlink(path)
    }

    /// Opens a file and locks it; `nil` when another process holds the lock.
    ///
    /// The lock belongs to the open file, so the kernel lets it go however the process ends.
    static func lock(_ path: String) -> Int32? {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return nil }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            return nil
        }
        return descriptor
    }

    static func canLock(_ path: String) -> Bool {
        let descriptor = open(path, O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { return true }
        defer { close(descriptor) }
        return flock(descriptor, LOCK_SH | LOCK_NB) == 0
    }

    static func unlock(_ descriptor: Int32) {
        close(descriptor)
    }

    /// Adds bytes at the end of an open file.
    static func append(_ bytes: [UInt8], to descriptor: Int32) {
        _ = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    }

    static func openForAppending(_ path: String) -> Int32? {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        return descriptor >= 0 ? descriptor : nil
    }

    static func size(of descriptor: Int32) -> Int {
        var status = stat()
        return fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
    }

    /// The size of a file; 0 where there is none.
    public static func size(at path: String) -> Int {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_size) : 0
    }

    /// A part of a file, from an offset on; empty at the end, or where there is no file.
    public static func bytes(at path: String, from offset: Int, atMost limit: Int) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return [] }
        defer { close(descriptor) }
        return [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
            count = max(0, pread(descriptor, buffer.baseAddress, limit, off_t(offset)))
        }
    }
}

private func systemRename(_ source: String, _ target: String) -> Int32 {
    rename(source, target)
}
