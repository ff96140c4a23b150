import Synchronization

/// Keeps what each service writes, one file a service, within bounds.
///
/// A file that grows over its limit becomes `NAME.log.1` and a new one is begun, so that a service may run for weeks.
public final class LogFiles: Sendable {
    public static let limit = 10 * 1024 * 1024

    private struct File {
        var descriptor: Int32
        var size: Int
    }

    private let directory: StateDirectory
    private let files = Mutex<[String: File]>([:])

    public init(in directory: StateDirectory) {
        self.directory = directory
    }

    public func append(_ line: String, of service: String) {
        let bytes = Array(line.utf8) + [UInt8(ascii: "\n")]
        files.withLock { files in
            guard var file = files[service] ?? open(service) else { return }
            if file.size + bytes.count > Self.limit, let next = rotate(file, of: service) { file = next }
            PlatformFiles.append(bytes, to: file.descriptor)
            file.size += bytes.count
            files[service] = file
        }
    }

    private func open(_ service: String) -> File? {
        PlatformFiles.openForAppending(directory.log(of: service)).map {
            File(descriptor: $0, size: PlatformFiles.size(of: $0))
        }
    }

    private func rotate(_ file: File, of service: String) -> File? {
        let path = directory.log(of: service)
        PlatformFiles.unlock(file.descriptor)
        try? PlatformFiles.rename(path, to: path + ".1")
        return open(service)
    }

    deinit {
        files.withLock { files in
            for file in files.values { PlatformFiles.unlock(file.descriptor) }
        }
    }
}
