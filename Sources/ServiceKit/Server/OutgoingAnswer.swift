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
        if let head = unsent.take() { Self.send(head, context) }
    }

    mutating func send(_ body: ByteBuffer, _ context: ChannelHandlerContext) {
        guard body.readableBytes > 0, framing != .none else { return }
        var message = unsent.take() ?? neighbours.borrowBuffer()
        framing.writeStart(of: body.readableBytes, to: &message)
        if body.readableBytes <= Self.copyLimit {
            message.writeImmutableBuffer(body)
        } else {
            context.write(NIOAny(IOData.byteBuffer(message)), promise: nil)
            context.write(NIOAny(IOData.byteBuffer(body)), promise: nil)
            message.clear()
        }
        framing.writeEnd(to: &message)
        Self.send(message, context)
        neighbours.giveBack(message)
    }

    mutating func end(_ trailers: HTTPFields?, _ context: ChannelHandlerContext) {
        var message = unsent.take() ?? neighbours.borrowBuffer()
        framing.writeLast(trailers, to: &message)
        if message.readableBytes > 0 { Self.send(message, context) }
        neighbours.giveBack(message)
    }

    private static func send(_ message: ByteBuffer, _ context: ChannelHandlerContext) {
        context.writeAndFlush(NIOAny(IOData.byteBuffer(message)), promise: nil)
    }
}
