import HTTPTypes
import NIOCore
import NIOHTTP1

/// How a client finds the end of an answer.
///
/// Source: RFC 9112, section 6.3
enum ResponseFraming: Sendable, Hashable {
    /// There is nothing after the head.
    case none
    /// The head says how long it is.
    case length
    case chunks
    /// The connection ends with it, for clients that are older than chunks.
    case close

    init(of response: HTTPResponse, to request: HTTPRequestHead) {
        if request.method == .HEAD || !response.status.mayHaveBody {
            self = .none
        } else if response.headerFields.contains(.contentLength) {
            self = .length
        } else {
            self = request.version.major == 1 && request.version.minor >= 1 ? .chunks : .close
        }
    }

    /// Writes the beginning of an answer.
    func write(_ response: HTTPResponse, isLast: Bool, to buffer: inout ByteBuffer) {
        buffer.writeStaticString("HTTP/1.1 ")
        buffer.writeString(String(response.status.code))
        buffer.writeStaticString(" ")
        buffer.writeString(response.status.reasonPhrase)
        buffer.writeStaticString("\r\n")
        for field in response.headerFields where !Self.isTransport(field.name, response.status) {
            buffer.writeString(field.name.rawName)
            buffer.writeStaticString(": ")
            buffer.writeString(field.value)
            buffer.writeStaticString("\r\n")
        }
        if self == .chunks { buffer.writeStaticString("Transfer-Encoding: chunked\r\n") }
        if isLast { buffer.writeStaticString("Connection: close\r\n") }
        buffer.writeStaticString("\r\n")
    }

    /// What is said here, or must not be said.
    private static func isTransport(_ name: HTTPField.Name, _ status: HTTPResponse.Status) -> Bool {
        name == .transferEncoding || name == .connection || name == .contentLength && !status.mayHaveBody
    }

    /// Writes what stands before a piece of the body.
    func writeStart(of size: Int, to buffer: inout ByteBuffer) {
        guard self == .chunks else { return }
        buffer.writeString(String(size, radix: 16))
        buffer.writeStaticString("\r\n")
    }

    /// Writes what stands behind a piece of the body.
    func writeEnd(to buffer: inout ByteBuffer) {
        if self == .chunks { buffer.writeStaticString("\r\n") }
    }

    /// Writes the end of an answer.
    func writeLast(_ trailers: HTTPFields?, to buffer: inout ByteBuffer) {
        guard self == .chunks else { return }
        buffer.writeStaticString("0\r\n")
        for field in trailers ?? [:] { buffer.writeString("\(field.name.rawName): \(field.value)\r\n") }
        buffer.writeStaticString("\r\n")
    }
}

extension HTTPResponse.Status {
    fileprivate var mayHaveBody: Bool { !(code == 204 || code == 304 || (100..<200).contains(code)) }
}
