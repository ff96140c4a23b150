#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// One of the standard streams, one whole line at a time.
struct Terminal: Sendable {
    let descriptor: Int32

    static let input = Terminal(descriptor: 0)
    static let output = Terminal(descriptor: 1)
    static let error = Terminal(descriptor: 2)

    var isInteractive: Bool { isatty(descriptor) == 1 }

    /// How large it is now; what is no terminal is as large as terminals were.
    var size: TerminalSize {
        var window = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &window) == 0, window.ws_row > 0, window.ws_col > 0 else {
            return TerminalSize(rows: 24, columns: 80)
        }
        return TerminalSize(rows: Int(window.ws_row), columns: Int(window.ws_col))
    }

    func write(_ line: String) {
        writeBytes(Array((line + "\n").utf8))
    }

    func writeBytes(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { systemWrite(descriptor, $0) }
            guard written > 0 || errno == EINTR else { return }
            rest = rest.dropFirst(max(written, 0))
        }
    }
}

extension Terminal {
    private static let longestLine = 1024

    /// Waits for a line, of which it gives no more than an answer can have; `nil` where nothing more comes.
    func readLine() -> String? {
        var line: [UInt8] = []
        var byte: UInt8 = 0
        while line.count < Self.longestLine {
            let count = read(descriptor, &byte, 1)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return line.isEmpty ? nil : String(decoding: line, as: UTF8.self) }
            if byte == UInt8(ascii: "\n") { break }
            line.append(byte)
        }
        return String(decoding: line, as: UTF8.self)
    }
}

/// How many lines and characters a terminal shows.
struct TerminalSize: Sendable, Hashable {
    var rows: Int
    var columns: Int
}

private func systemWrite(_ descriptor: Int32, _ buffer: UnsafeRawBufferPointer) -> Int {
    write(descriptor, buffer.baseAddress, buffer.count)
}
