import HTTPTypes
import Hummingbird
import NIOCore

/// Ends connections on which the rest of a body may still come that nobody wants.
///
/// The server reads a body to its end before it takes the next request, and a body may have none. To close at once would
/// take the answer from a client that is still sending (RFC 9112, section 9.6).
enum LingeringClose {
    /// How long a client has to notice the answer.
    private static let patience = TimeAmount.seconds(5)

    /// Announces and prepares the end of a connection, where a request was answered before its body had come.
    static func prepare(_ response: inout Response, on channel: any Channel) {
        guard response.status == .contentTooLarge || response.status == .requestTimeout else { return }
        response.headers[.connection] = "close"
        channel.eventLoop.scheduleTask(in: patience) { channel.close(promise: nil) }
    }
}
