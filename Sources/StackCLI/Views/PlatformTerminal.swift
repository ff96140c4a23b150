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

    static let output = Terminal(descriptor: 1)
    static let error = Terminal(descriptor: 2)

    var isInteractive: Bool { isatty(descriptor) == 1 }

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

private func systemWrite(_ descriptor: Int32, _ buffer: UnsafeRawBufferPointer) -> Int {
    write(descriptor, buffer.baseAddress, buffer.count)
}
