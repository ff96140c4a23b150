import ArgumentParser

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

extension Terminal {
    /// Reads to the end, or as much as this.
    func readAll(atMost limit: Int) -> [UInt8] {
        var all: [UInt8] = []
        while all.count < limit {
            let bytes = readSome(atMost: limit - all.count)
            if bytes.isEmpty { break }
            all += bytes
        }
        return all
    }

    /// Reads a line that the terminal does not show.
    ///
    /// - Throws: `ExitCode` 130 for Ctrl-C, which must not leave the terminal without an echo.
    func hiddenLine(prompt: String) throws -> [UInt8] {
        Terminal.error.writeBytes(Array(prompt.utf8))
        var before = termios()
        guard tcgetattr(descriptor, &before) == 0 else { return [] }
        var hidden = before
        hidden.c_lflag &= ~tcflag_t(ECHO | ICANON | ISIG)
        _ = tcsetattr(descriptor, TCSAFLUSH, &hidden)
        defer {
            _ = tcsetattr(descriptor, TCSAFLUSH, &before)
            Terminal.error.write("")
        }
        var line: [UInt8] = []
        while let byte = readSome(atMost: 1).first {
            switch byte {
            case 0x03: throw ExitCode(130)
            case 0x04, 0x0A, 0x0D: return line
            case 0x08, 0x7F: line.removeLastCharacter()
            default: line.append(byte)
            }
        }
        return line
    }

    private func readSome(atMost count: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { buffer, length in
            var result = systemRead(descriptor, buffer.baseAddress, count)
            while result < 0, errno == EINTR { result = systemRead(descriptor, buffer.baseAddress, count) }
            length = max(0, result)
        }
    }
}

extension [UInt8] {
    /// Takes off the bytes of the last character of UTF-8.
    fileprivate mutating func removeLastCharacter() {
        while let byte = popLast() { if byte & 0xC0 != 0x80 { return } }
    }
}

private func systemRead(_ descriptor: Int32, _ buffer: UnsafeMutableRawPointer?, _ count: Int) -> Int {
    read(descriptor, buffer, count)
}
