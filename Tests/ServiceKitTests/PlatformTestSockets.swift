#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

import Dispatch

/// A socket that listens, as a service manager opens one.
struct ListeningSocket: Sendable {
    let descriptor: Int32
    let port: Int

    init() throws {
        descriptor = socket(AF_INET, .stream, 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = descriptor
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && listen(descriptor, 128) == 0
                    && getsockname(descriptor, $0, &length) == 0
            }
        }
        guard isBound else { throw SystemError(number: errno) }
        port = Int(UInt16(bigEndian: address.sin_port))
    }

    /// Another descriptor of the same socket, as each process gets one.
    func duplicate() -> Int32 { dup(descriptor) }

    func close() { closeDescriptor(descriptor) }
}

/// Where a service manager listens for news.
struct NewsSocket: Sendable {
    let descriptor: Int32

    /// Binds `/path` or `@abstract`.
    init(_ name: String) throws {
        descriptor = socket(AF_UNIX, .datagram, 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let isAbstract = name.hasPrefix("@")
        let bytes = isAbstract ? [0] + Array(name.utf8.dropFirst()) : Array(name.utf8) + [0]
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + bytes.count)
        let descriptor = descriptor
        let isBound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) == 0 }
        }
        guard isBound else { throw SystemError(number: errno) }
    }

    /// The next datagram.
    func next() async -> String {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async { [descriptor] in
                var buffer = [UInt8](repeating: 0, count: 256)
                let count = recv(descriptor, &buffer, buffer.count, 0)
                continuation.resume(returning: String(decoding: buffer.prefix(max(count, 0)), as: UTF8.self))
            }
        }
    }

    func close() { closeDescriptor(descriptor) }
}

struct SystemError: Error {
    let number: Int32
}

private enum SocketKind { case stream, datagram }

private func socket(_ family: Int32, _ kind: SocketKind, _ protocolNumber: Int32) -> Int32 {
    #if canImport(Glibc)
    let types = (stream: Int32(SOCK_STREAM.rawValue), datagram: Int32(SOCK_DGRAM.rawValue))
    #else
    let types = (stream: SOCK_STREAM, datagram: SOCK_DGRAM)
    #endif
    return socket(family, kind == .stream ? types.stream : types.datagram, protocolNumber)
}

private func closeDescriptor(_ descriptor: Int32) { _ = close(descriptor) }
