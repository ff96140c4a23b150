import HTTPTypes
import Hummingbird
import NIOCore

/// How a receiver treats a message: the first word of its text says so.
enum ReceiverManner: String {
    case take
    /// Never answers.
    case hang
    /// Sends the messenger somewhere else.
    case redirect
    case fail
    /// Answers without end.
    case endless
    /// Closes the connection in the middle of its answer.
    case leave

    init(_ text: String) {
        self = text.split(separator: " ").first.flatMap { ReceiverManner(rawValue: String($0)) } ?? .take
    }

    private struct Left: Error {}

    func answer() async throws -> Response {
        switch self {
        case .take: return Response(status: .noContent)
        case .hang:
            try await Task.sleep(for: .seconds(600))
            return Response(status: .noContent)
        case .redirect: return Response(status: .temporaryRedirect, headers: [.location: "/elsewhere"])
        case .fail: return Response(status: .internalServerError)
        case .endless:
            return Response(
                status: .ok,
                body: ResponseBody { writer in
                    let piece = ByteBuffer(repeating: 0x78, count: 1 << 16)
                    while !Task.isCancelled { try await writer.write(piece) }
                }
            )
        case .leave:
            return Response(status: .ok, headers: [.contentLength: "10"], body: ResponseBody { _ in throw Left() })
        }
    }
}
