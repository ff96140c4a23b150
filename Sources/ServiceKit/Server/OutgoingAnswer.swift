import HTTPTypes
import NIOCore
import NIOHTTP1

/// An answer on its way to a client, put into messages that are each given to the kernel at once.
struct OutgoingAnswer {
    /// The largest piece that is copied to be sent with what surrounds it: another message costs more.
    private static let copyLimit = 4096

    private let framing: ResponseFraming
    private let neighbours: OpenConnections
    /// The head, as long as more may follow at once.
    private var unsent: ByteBuffer?

    /// Puts the head together; it leaves with the first piece of the body.
    ///
    /// - Parameters:
    ///   - response: What is answered.
    ///   - framing: How the client finds its end.
    ///   - isLast: Whether the connection takes no more requests.
    ///   - neighbours: Who lends buffers.
    init(_ response: HTTPResponse, framing: ResponseFraming, isLast: Bool, neighbours: OpenConnections) {
        self.framing = framing
        self.neighbours = neighbours
        var head = ByteBuffer()
        framing.write(response, isLast: isLast, to: &head)
        unsent = head
    }

    /// Whether the body comes only later, perhaps: who knows its length has it at hand.
    var mayPause: Bool { framing != .length }

    /// Sends the head, unless it has left with a piece of the body.
    mutating func sendHead(_ context: ChannelHandlerContext) {
        if let head = unsent.take() { flush(head, context) }
    }

    mutating func send(_ body: ByteBuffer, _ context: ChannelHandlerContext) {
        flush(joined(body, context), context)
    }

    /// Sends the last piece of the body, if there is one, and what ends it.
    mutating func end(_ trailers: HTTPFields?, after last: ByteBuffer, _ context: ChannelHandlerContext) {
        var message = joined(last, context)
        framing.writeLast(trailers, to: &message)
        flush(message, context)
    }

    /// Puts what was not sent and a piece of the body together; a large piece is on its way before.
    private mutating func joined(_ body: ByteBuffer, _ context: ChannelHandlerContext) -> ByteBuffer {
        var message = unsent.take() ?? neighbours.borrowBuffer()
        guard body.readableBytes > 0, framing != .none else { return message }
        framing.writeStart(of: body.readableBytes, to: &message)
        if body.readableBytes <= Self.copyLimit {
            message.writeImmutableBuffer(body)
        } else {
            context.write(NIOAny(IOData.byteBuffer(message)), promise: nil)
            context.write(NIOAny(IOData.byteBuffer(body)), promise: nil)
            message.clear()
        }
        framing.writeEnd(to: &message)
        return message
    }

    private func flush(_ message: ByteBuffer, _ context: ChannelHandlerContext) {
        if message.readableBytes > 0 { context.write(NIOAny(IOData.byteBuffer(message)), promise: nil) }
        context.flush()
        neighbours.giveBack(message)
    }
}
