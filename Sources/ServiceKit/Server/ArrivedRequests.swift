import NIOCore
import NIOHTTP1

/// The parts of requests that have come on a connection and were not taken yet.
struct ArrivedRequests {
    /// A request whose body has come whole, or is still coming.
    struct Taken {
        let head: HTTPRequestHead
        /// `nil` where it has not come to its end.
        let body: ByteBuffer?
    }

    /// What has come of a body.
    enum Piece {
        case bytes(ByteBuffer)
        case end
        case nothingYet
    }

    /// How much may wait, in bytes, before the client is left waiting too.
    private static let limit = 64 * 1024
    /// What a head counts, so that any number of small requests fills the room, too.
    private static let headSize = 512

    private var parts = CircularBuffer<HTTPServerRequestPart>()
    private var size = 0
    /// Whether a request has begun to come and not come to its end.
    private(set) var isIncomplete = false

    var isFull: Bool { size > Self.limit }
    var isEmpty: Bool { parts.isEmpty }

    mutating func append(_ part: HTTPServerRequestPart) {
        switch part {
        case .head: isIncomplete = true
        case .body: break
        case .end: isIncomplete = false
        }
        size += Self.size(of: part)
        parts.append(part)
    }

    mutating func removeAll() {
        parts.removeAll()
        size = 0
    }

    /// Takes the next request, and drops what is left of the one before.
    ///
    /// - Returns: `nil` where its head has not come.
    mutating func takeRequest() -> Taken? {
        while let part = takePart() {
            guard case .head(let head) = part else { continue }
            return Taken(head: head, body: takeWholeBody())
        }
        return nil
    }

    /// Takes what has come of the body of the request that was taken last.
    mutating func takeBody() -> Piece {
        var bytes: ByteBuffer?
        while let first = parts.first, case .body(var more) = first {
            _ = takePart()
            bytes.setOrWriteBuffer(&more)
        }
        if let bytes { return .bytes(bytes) }
        guard case .end? = parts.first else { return .nothingYet }
        _ = takePart()
        return .end
    }

    private mutating func takeWholeBody() -> ByteBuffer? {
        // Where it is incomplete it is the last one, and where it is not, its end is there.
        let isWhole = !isIncomplete || parts.contains { if case .end = $0 { true } else { false } }
        guard isWhole else { return nil }
        var body = ByteBuffer()
        while case .bytes(let bytes) = takeBody() { body = bytes }
        return body
    }

    private mutating func takePart() -> HTTPServerRequestPart? {
        let part = parts.popFirst()
        if let part { size -= Self.size(of: part) }
        return part
    }

    private static func size(of part: HTTPServerRequestPart) -> Int {
        switch part {
        case .head: headSize
        case .body(let bytes): bytes.readableBytes
        case .end: 0
        }
    }
}
