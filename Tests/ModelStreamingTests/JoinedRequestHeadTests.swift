import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import ModelStreaming

@Suite struct JoinedRequestHeadTests {
    @Test func `the head of a question waits for its body`() throws {
        let channel = try Self.connection()
        channel.writeAndFlush(HTTPClientRequestPart.head(Self.head(length: "2")), promise: nil)
        #expect(try Self.sent(on: channel) == "")
        channel.writeAndFlush(HTTPClientRequestPart.body(.byteBuffer(ByteBuffer(string: "{}"))), promise: nil)
        #expect(try Self.sent(on: channel) == "POST / HTTP/1.1\r\ncontent-length: 2\r\n\r\n{}")
    }

    @Test func `a request without a body leaves with its end`() throws {
        let channel = try Self.connection()
        channel.write(HTTPClientRequestPart.head(Self.head(length: "0")), promise: nil)
        channel.write(HTTPClientRequestPart.end(nil), promise: nil)
        channel.flush()
        #expect(try Self.sent(on: channel) == "POST / HTTP/1.1\r\ncontent-length: 0\r\n\r\n")
    }

    private static func connection() throws -> EmbeddedChannel {
        let channel = EmbeddedChannel()
        try channel.pipeline.syncOperations.addHandler(HTTPRequestEncoder())
        try JoinedRequestHead.add(to: channel).wait()
        return channel
    }

    private static func head(length: String) -> HTTPRequestHead {
        HTTPRequestHead(version: .http1_1, method: .POST, uri: "/", headers: ["content-length": length])
    }

    private static func sent(on channel: EmbeddedChannel) throws -> String {
        var text = ""
        while case .byteBuffer(let bytes)? = try channel.readOutbound(as: IOData.self) { text += String(buffer: bytes) }
        return text
    }
}
