import Supervisor

/// Reads the end of a log file, and then what is added to it.
///
/// At most ``window`` bytes are read at a time, however large the file is.
struct LogTail {
    static let window: Int = 1024 * 1024

    let service: String
    private let path: String
    /// What stands before it is left out.
    private let start: Int
    private var offset: Int = 0
    private var splitter = LogLines()

    init(service: String, path: String, from start: Int = 0) {
        self.service = service
        self.path = path
        self.start = start
    }

    /// Leaves out what is in the file now.
    static func ofNews(of service: String, path: String) -> LogTail {
        LogTail(service: service, path: path, from: PlatformFiles.size(at: path))
    }

    /// The last lines of the file.
    mutating func last(_ count: Int) -> [String] {
        let size = PlatformFiles.size(at: path)
        // A file that is shorter than it was has been begun anew.
        let start = size < start ? 0 : start
        offset = max(start, size - Self.window)
        let isCut = offset > start
        let lines = newLines()
        return Array((isCut ? lines.dropFirst() : lines[...]).suffix(count))
    }

    /// The whole lines that were added since the last call; a file that was begun anew is read from its start.
    mutating func newLines() -> [String] {
        if PlatformFiles.size(at: path) < offset {
            offset = 0
            splitter = LogLines()
        }
        let bytes = PlatformFiles.bytes(at: path, from: offset, atMost: Self.window)
        offset += bytes.count
        return splitter.lines(adding: bytes)
    }
}

/// Cuts bytes into lines, and keeps the part of a line that is not whole yet.
private struct LogLines {
    private var rest: [UInt8] = []

    mutating func lines(adding bytes: [UInt8]) -> [String] {
        let parts = (rest + bytes).split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        rest = Array(parts.last ?? [])
        return parts.dropLast().map { String(decoding: $0, as: UTF8.self) }
    }
}
