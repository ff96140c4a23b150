import NIOCore
public import NIOHTTP1

/// One request to a fake model server, waiting for its answer.
public struct UpstreamCall: Sendable {
    public let head: HTTPRequestHead
    public let body: String
    let channel: any Channel

    /// The same for calls that came over the same connection.
    public var connection: ObjectIdentifier { ObjectIdentifier(channel) }
    let outbound: NIOAsyncChannelOutboundWriter<HTTPServerResponsePart>

    /// Begins an answer of unknown length.
    public func begin(status: HTTPResponseStatus = .ok, type: String = "text/event-stream") async throws {
        try await outbound.write(.head(.init(version: .http1_1, status: status, headers: ["Content-Type": type])))
    }

    /// Sends these bytes at once, be they text or not.
    public func send(bytes: some Sequence<UInt8>) async throws {
        try await outbound.write(.body(.byteBuffer(ByteBuffer(bytes: bytes))))
    }

    /// Sends this text at once.
    public func send(raw text: String) async throws {
        try await outbound.write(.body(.byteBuffer(ByteBuffer(string: text))))
    }

    /// Sends one frame of a completion.
    public func send(frame json: String) async throws {
        try await send(raw: "data: \(json)\n\n")
    }

    /// Sends the next piece of text; it must need no escaping.
    public func send(text: String) async throws {
        try await send(frame: #"{"choices":[{"index":0,"delta":{"content":"\#(text)"},"finish_reason":null}]}"#)
    }

    /// Ends an answer as OpenAI does.
    public func finish(prompt: Int = 10, completion: Int = 2) async throws {
        try await send(frame: #"{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":null}"#)
        try await send(
            frame:
                #"{"choices":[],"usage":{"prompt_tokens":\#(prompt),"completion_tokens":\#(completion),"total_tokens":0}}"#
        )
        try await send(frame: "[DONE]")
        try await end()
    }

    public func end() async throws {
        try await outbound.write(.end(nil))
    }

    /// Answers with a whole document.
    public func refuse(
        _ status: HTTPResponseStatus,
        headers: HTTPHeaders = [:],
        body: String = "{}"
    ) async throws {
        var headers = headers
        headers.replaceOrAdd(name: "Content-Length", value: String(body.utf8.count))
        try await outbound.write(.head(.init(version: .http1_1, status: status, headers: headers)))
        try await send(raw: body)
        try await end()
    }

    /// Closes the connection in the middle of whatever is being sent.
    public func abort() async throws {
        try await channel.close()
    }

    /// Waits until the caller has closed the connection.
    public func callerLeaves() async throws {
        try await channel.closeFuture.get()
    }
}
